# Copyright (c) mmhoi contributors.
"""How the whole project reads and writes files: by its sources."""
import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ('mmhoi', 'tools', 'demo', 'projects', 'benchmarks')
FILES = {
    path.relative_to(ROOT).as_posix():
    ast.parse(path.read_text(encoding='utf-8'))
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob('*.py'))
    # They work in new folders of their own, on purpose against rules.
    if path.parent.name != 'robustness'
}
#: Methods called `open` that open no text file.
OTHER_OPEN = ('Image', 'webbrowser')
#: JSON that is no file: bodies of requests, fields of model files, output of
#: programs.
OTHER_JSON = ('benchmarks/cost_vs_size.py', 'demo/web/page_event.py',
              'demo/web/route_filter.py',
              'mmhoi/models/vision_language/verb_embedding_files.py',
              'mmhoi/checkpoints/reading.py', 'mmhoi/deployment/model_info.py',
              'mmhoi/utils/text_files.py')
#: Text that is no file of a user: /proc, sources, arguments of a benchmark,
#: files that the same program has just made.
OTHER_TEXT = ('benchmarks/dataset_memory.py',
              'benchmarks/inference/video_time.py',
              'benchmarks/reference/start.py', 'benchmarks/run.py',
              'mmhoi/utils/cores.py', 'mmhoi/utils/memory_limit.py',
              'mmhoi/reproduction/surroundings.py',
              'mmhoi/utils/process_memory.py', 'mmhoi/utils/version_check.py',
              'tools/misc/demo.py')
WRITERS = ('dump', 'imwrite', 'save', 'save_file', 'savefig', 'savemat',
           'savetxt', 'savez', 'savez_compressed', 'to_csv', 'write_bytes',
           'write_text')
WHOLE = ('encode_picture', 'open_to_write', 'write_json', 'write_picture',
         'write_whole')
#: Functions that write otherwise, and why that is right.
OTHER_WRITERS = {
    'benchmarks/cases/cold_start.py': 'into a temporary folder',
    'benchmarks/full_size.py': 'weights for the next run, made anew if need',
    'demo/web/example_images.py': 'into a temporary folder',
    'mmhoi/apis/writers.py': 'frame by frame, see VideoWriter',
    'mmhoi/deployment/onnx_export.py': 'the draft of tools/deployment',
    'mmhoi/deployment/torch_export.py': 'the draft of tools/deployment',
    'mmhoi/evaluation/prediction_io/mat_cells.py': 'into a temporary folder',
    'mmhoi/evaluation/prediction_io/mat_writing.py': 'into memory',
    'mmhoi/models/vision_language/open_clip_loader.py':
    'into a temporary folder',
    'mmhoi/reproduction/running.py': 'a log that grows',
    'mmhoi/synthetic/writer.py': 'a new folder, complete when its meta says',
    'mmhoi/utils/error_lines.py': 'the traceback of a run that has failed',
    'mmhoi/utils/folder_lock.py': 'a lock',
    'mmhoi/utils/own_results.py': 'the mark at the end',
    'mmhoi/utils/process_memory.py': '/proc',
}


def calls(tree):
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


CALLS = {file: list(calls(tree)) for file, tree in FILES.items()}


def name_of(call):
    function = call.func
    return getattr(function, 'attr', getattr(function, 'id', ''))


def owner_of(call):
    """What stands before the dot, if that is a name."""
    return getattr(getattr(call.func, 'value', None), 'id', '')


def keywords(call):
    return {keyword.arg: keyword.value for keyword in call.keywords}


def mode_of(call):
    """Mode of a call of open; None if another argument stands there."""
    position = 0 if isinstance(call.func, ast.Attribute) else 1
    mode = keywords(call).get('mode')
    if mode is None and len(call.args) > position:
        mode = call.args[position]
    if mode is None:
        return 'r'
    return mode.value if isinstance(mode, ast.Constant) else None


def lacks_encoding(call):
    name = name_of(call)
    if name in ('Popen', 'run', 'check_output'):
        return {'text', 'universal_newlines'} & set(keywords(call))
    if name == 'open' and owner_of(call) not in OTHER_OPEN:
        mode = mode_of(call)
        return isinstance(mode, str) and 'b' not in mode and set(mode) <= set(
            'rwax+t') and 'encoding' not in keywords(call)
    position = {'read_text': 0, 'write_text': 1}.get(name)
    if position is None or isinstance(call.func, ast.Name):
        return False
    return 'encoding' not in keywords(call) and len(call.args) <= position


def places(condition):
    return [
        f'{file}:{call.lineno}' for file in FILES for call in CALLS[file]
        if condition(file, call)
    ]


def test_every_text_file_has_an_encoding():
    lacking = places(lambda file, call: lacks_encoding(call))
    assert not lacking, f'encoding is not stated: {lacking}'


def test_one_reader_of_json():
    others = places(lambda file, call: name_of(call) in ('load', 'loads') and
                    owner_of(call) == 'json' and file not in OTHER_JSON)
    assert not others, f'use mmhoi.utils.text_files.read_json: {others}'


def test_one_reader_of_text():
    others = places(lambda file, call: name_of(call) == 'read_text' and
                    isinstance(call.func, ast.Attribute) and file not in
                    (*OTHER_TEXT, 'mmhoi/utils/text_files.py'))
    assert not others, f'use mmhoi.utils.text_files.read_text: {others}'


def functions_that_write(tree):
    """Functions that write a file by themselves."""
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        inside = list(calls(function))
        names = {name_of(call) for call in inside}
        opened = any(
            name_of(call) == 'open' and set(mode_of(call) or '') & set('wax')
            for call in inside if owner_of(call) not in OTHER_OPEN)
        names -= {  # of the file itself
            name_of(call)
            for call in inside if isinstance(call.func, ast.Name)
        } & {'dump'}
        if (opened or names & set(WRITERS)) and not names & set(WHOLE):
            yield function.name


def test_files_are_written_whole():
    found = {
        file: list(functions_that_write(tree))
        for file, tree in FILES.items()
    }
    found = {file: names for file, names in found.items() if names}
    others = {
        file: names
        for file, names in found.items() if file not in OTHER_WRITERS
    }
    assert not others, f'use mmhoi.utils.whole_file.write_whole: {others}'
    assert set(OTHER_WRITERS) == set(found), 'an exception that is none'


PROGRAMS = {
    file: tree
    for file, tree in FILES.items() if not file.startswith('benchmarks/')
    and ast.unparse(tree).find("__name__ == '__main__'") >= 0
}


@pytest.mark.parametrize('file', PROGRAMS)
def test_programs_begin_with_utf8(file):
    start = PROGRAMS[file].body[-1]
    assert isinstance(start, ast.If)
    assert ast.unparse(start.body[0]) == 'use_utf8()'


#: What the options that write are, and which function looks at them first.
OUTPUTS = {
    'benchmarks/cost_vs_size.py': {
        '--json': 'check_outputs'
    },
    'benchmarks/run.py': {
        '--json': 'check_outputs'
    },
    'demo/attention_demo.py': {
        '--out-dir': 'check_replaceable'
    },
    'demo/image_demo.py': {
        '--out-dir': 'stream'
    },
    'demo/video_demo.py': {
        '--out-dir': 'stream'
    },
    'mmhoi/evaluation/cli.py': {
        '--json': 'check_outputs',
        '--per-class': 'check_outputs',
        '--plot': 'check_outputs',
        '--convert': 'check_outputs'
    },
    'mmhoi/utils/run_config.py': {
        '--work-dir': 'check_config_outputs'
    },
    'projects/mini_clip/train_mini_clip.py': {
        '--out': 'check_outputs'
    },
    'tools/analysis_tools/browse_dataset.py': {
        '--output-dir': 'check_folder'
    },
    'tools/analysis_tools/dump_detections.py': {
        '--out': 'check_outputs'
    },
    'tools/analysis_tools/infer_affordances.py': {
        '--out': 'check_outputs'
    },
    'tools/analysis_tools/plot_long_tail.py': {
        'out': 'check_outputs'
    },
    'tools/analysis_tools/plot_per_class.py': {
        '--out': 'check_outputs'
    },
    'tools/batch_inference.py': {
        '--out': 'check_out_folder'
    },
    'tools/dataset_converters/hico_det.py': {
        'out': 'check_outputs'
    },
    'tools/dataset_converters/make_synhico.py': {
        'out': 'write_synhico',
        '--contact-sheet': 'check_outputs'
    },
    'tools/dataset_converters/sample_fraction.py': {
        'out': 'check_outputs'
    },
    'tools/dataset_converters/vcoco.py': {
        'out': 'check_outputs'
    },
    'tools/deployment/export_model.py': {
        '--out': 'check_outputs'
    },
    'tools/misc/extract_verb_embeddings.py': {
        'out': 'check_outputs'
    },
    'tools/misc/make_consistency_graph.py': {
        'out': 'check_outputs'
    },
    'tools/misc/print_config.py': {
        '--save-path': 'check_outputs'
    },
    'tools/misc/rank_prompts.py': {
        '--json': 'check_outputs'
    },
    'tools/model_converters/convert.py': {
        'out': 'check_outputs'
    },
    'tools/reproduce.py': {
        # Refuses other files of the names of its reports.
        '--out': 'make'
    },
    'tools/test.py': {
        '--out': 'check_outputs',
        '--show-dir': 'check_out_folder'
    },
}
#: Folders of logs, in which nothing is replaced.
LOG_FOLDERS = {
    'benchmarks/run.py': '--work-dir',
    'projects/mini_clip/train_mini_clip.py': '--work-dir',
    'tools/analysis_tools/benchmark.py': '--work-dir',
}
#: Options by whose help files are written although it does not say so.
NAMES = re.compile(r'(--)?(out|out.dir|output.dir|work.dir|show.dir|json|plot|'
                   r'convert|save.path|contact.sheet|per.class|dump|log.file)')
WRITES = re.compile(r'\b(write|writes) (the|a|it|them|all)\b|\bto write\b')
#: Help that speaks of writing what another option names.
NO_OUTPUTS = ('--exporter', '--vcoco', '--overwrite', '--half',
              '--no-save-vis', '--no-save-pred', '--write-bpe', '--mat-round',
              '--print-result')


def options_that_write(tree):
    for call in calls(tree):
        if name_of(call) != 'add_argument' or not call.args:
            continue
        option = getattr(call.args[0], 'value', '')
        text = ast.unparse(keywords(call).get('help', ast.Constant('')))
        if option not in NO_OUTPUTS and (NAMES.fullmatch(option)
                                         or WRITES.search(text)):
            yield option


def test_all_options_that_write_are_looked_at():
    found = {}
    for file, tree in FILES.items():
        for option in options_that_write(tree):
            if LOG_FOLDERS.get(file) != option:
                found.setdefault(file, set()).add(option)
    assert found == {file: set(options) for file, options in OUTPUTS.items()}
    for file, options in OUTPUTS.items():
        source = ast.unparse(FILES[file])
        for option, function in options.items():
            name = option if option.startswith('--') else option.upper()
            assert f'{function}(' in source
            if function == 'check_outputs' and file != (
                    'tools/dataset_converters/hico_det.py'):
                assert f"'{name}'" in source, f'{file} forgets {name}'
