# Copyright (c) mmhoi contributors.
import pytest

from mmhoi.reproduction import load_table
from mmhoi.reproduction.agreement import agree
from mmhoi.reproduction.summary import Cell


def cells(setting, **rows):
    return {
        (setting, name.replace('_', '-') if name != 'gen_vlkt' else name): {
            'hico/unseen': Cell(tuple(values)),
            'hico/full': Cell(tuple(values))
        }
        for name, values in rows.items()
    }


def test_orders_are_of_rows_with_equal_boxes():
    found = agree(
        load_table('zero-shot'),
        cells(
            'rf-uc',
            hoiclip=[20.],
            gen_vlkt=[21.],
            vcl=[5.],
            atl=[4.],
            fcl=[6.],
            vcl_no_composition=[1.],
            functional=[50.]))
    assert [(o.boxes, o.rows, o.tau) for o in found.orders] == [
        ('own', ['hoiclip', 'gen_vlkt'], -1.),
        ('fine-tuned', ['vcl', 'atl', 'fcl'], 1.),
        ('COCO', ['vcl', 'vcl-no-composition'], 1.),
    ]
    gains = {
        (e.better, e.worse): (e.gain, e.published, e.verdict)
        for e in found.effects
    }
    assert gains['hoiclip', 'gen_vlkt'] == (-1., pytest.approx(4.17),
                                            'not known: one seed')
    # Those of the same boxes, not the better ones of a fine-tuned detector.
    assert gains['vcl', 'vcl-no-composition'][1] == pytest.approx(4.25)


@pytest.mark.parametrize('hoiclip, verdict', [
    ([23., 25., 24.], 'shows'),
    ([20.5, 22.5, 21.5], 'within noise'),
    ([15., 17., 16.], 'the opposite shows'),
])
def test_verdicts(hoiclip, verdict):
    found = agree(
        load_table('low-data'),
        cells('25', hoiclip=hoiclip, gen_vlkt=[20., 22., 21.]))
    effect, = found.effects
    assert effect.error == pytest.approx((2 / 3)**.5)
    assert effect.verdict == verdict
    assert found.trend.tau is None


def test_order_without_figures_and_trend():
    found = agree(
        load_table('ablation'),
        cells('all', base=[1.], clip=[3.], integration=[2.], free=[4.]))
    assert found.orders[-1].rows == ['base', 'clip', 'integration', 'free']
    assert found.orders[-1].tau == pytest.approx(2 / 3)
    assert [(e.better, e.worse)
            for e in found.effects] == [('clip', 'base'),
                                        ('integration', 'clip')]
    low = {}
    for name, gain in ('100', 1.), ('50', 2.), ('25', 4.), ('5', 3.):
        low.update(cells(name, hoiclip=[10. + gain], gen_vlkt=[10.]))
    trend = agree(load_table('low-data'), low).trend
    assert trend.tau == pytest.approx(2 / 3)
    assert trend.relative['25'] == pytest.approx(40.)
