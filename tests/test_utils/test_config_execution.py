# Copyright (c) mmhoi contributors.
import pytest

from mmhoi.utils.config_execution import execute_config
from mmhoi.utils.setup_error import SetupError


@pytest.mark.parametrize('content, base, message', [
    ('a = dict(\n', '', r'line 1 of ".*a.py": SyntaxError: .* never closed'),
    ('a = 1\nb = dict(type=xyz)\n', '', 'line 2 of .*a.py: NameError.*xyz'),
    ('a = 1 / 0\n', '', 'line 1 of .*a.py: ZeroDivisionError'),
    ("_base_ = './b.py'\n", 'x = (\n', 'a file that it inherits from: Syntax'),
    ("_base_ = './b.py'\n", 'x = 1\ny = z\n', 'line 2 of .*b.py: NameError'),
    ("_base_ = './b.py'\n", "_base_ = './a.py'\n", 'in a circle'),
    ("_base_ = './c.py'\n", '', r'names ".*c.py" in `_base_`'),
    ("_base_ = ['./b.py', './d.py']\nmodel = {{_base_.x}}\n", 'y = 1\n',
     'd.py'),
    ("custom_imports = dict(imports=['no_such_module'])\n", '',
     'no_such_module'),
    ('\0', '', 'null bytes'),
])
def test_what_cannot_be_executed(tmp_path, content, base, message):
    (tmp_path / 'a.py').write_text(content)
    (tmp_path / 'b.py').write_text(base)
    with pytest.raises(SetupError, match=message) as error:
        execute_config(tmp_path / 'a.py')
    assert str(error.value).startswith('config file "')
    assert '\n' not in str(error.value)


def test_what_can(tmp_path):
    (tmp_path / 'a.py').write_text("_base_ = './b.py'\na = dict(y=1)\n")
    (tmp_path / 'b.py').write_text('a = dict(x=1)\n')
    assert execute_config(tmp_path / 'a.py').a == dict(x=1, y=1)
