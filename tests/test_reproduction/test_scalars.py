# Copyright (c) mmhoi contributors.
from mmhoi.reproduction.scalars import last_and_best, read_metrics


def write(folder, name, *lines):
    path = folder / name / 'vis_data' / 'scalars.json'
    path.parent.mkdir(parents=True)
    path.write_text('\n'.join(lines))


def test_metrics_of_a_resumed_run(tmp_path):
    assert read_metrics(tmp_path, 'hico/full') == {}
    write(tmp_path, '20260102_000000', '{"loss": 1.0, "step": 7}',
          '{"hico/full": 5.0, "time": 1.0, "step": 1}',
          '{"hico/full": 9.0, "step": 2}', '{"hico/full": 7.0, "st')
    # What was made again counts.
    write(tmp_path, '20260103_000000', '{"hico/full": 4.0, "step": 2}\n')
    metrics = read_metrics(tmp_path, 'hico/full')
    assert metrics == {1: {'hico/full': 5.}, 2: {'hico/full': 4.}}
    chosen = last_and_best(metrics, 'hico/full')
    assert (chosen['last']['step'], chosen['best']['step']) == (2, 1)
