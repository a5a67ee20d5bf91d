# Copyright (c) mmhoi contributors.
from mmhoi.annotations.annotation_report import AnnotationReport


def test_empty_report_is_false():
    report = AnnotationReport()
    assert not report
    assert report.summary() == ''


def test_counts_all_and_names_the_first():
    report = AnnotationReport(max_examples=2)
    for i in range(5):
        report.add('empty box', f'{i}.jpg')
    report.add('unknown verb', 'x.jpg')
    assert report
    assert report.summary() == ('5 x empty box (0.jpg; 1.jpg; ...), '
                                '1 x unknown verb (x.jpg)')
