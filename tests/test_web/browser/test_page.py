# Copyright (c) mmhoi contributors.
"""What a visitor sees and does, in a real browser."""
import json

import cv2
import numpy as np
import pytest
from web_files import write_bomb

UPLOAD = '#upload input[type=file]'
PICTURE, ATTENTION = '#picture img', '#attention img'
HTML = '<img src=x onerror=hacked=1> riding a horse'


def cells(page):
    return page.locator('#table').get_by_role('gridcell')


def set_threshold(page, value):
    field = page.locator('#threshold input[type=number]')
    field.fill(str(value))
    field.press('Tab')


def choose_example(page, number=0):
    page.locator('#examples button').nth(number).click()
    page.wait_for_selector(PICTURE)


def detect(page):
    """Press the button and wait until there are results to download."""
    page.click('#detect')
    page.wait_for_selector('#download:not([disabled])')


def message(page, text):
    """A message with a text, which is shown as it is."""
    return page.get_by_test_id('toast-body').filter(has_text=text)


def test_upload_click_and_see(page, picture_file, tmp_path):
    set_threshold(page, 0)
    page.set_input_files(UPLOAD, picture_file)
    page.wait_for_selector(PICTURE)
    sent = page.get_attribute(PICTURE, 'src')
    detect(page)
    cells(page).first.wait_for()
    assert page.get_attribute(PICTURE, 'src') != sent
    assert cells(page).all_inner_texts()[0].strip() == '1'
    label = page.inner_text('#table').split('\n')[0]

    cells(page).nth(6).click()
    page.wait_for_selector(ATTENTION)
    for picture in (PICTURE, ATTENTION):
        page.wait_for_function(
            'name => document.querySelector(name).naturalWidth > 500',
            arg=picture)
    assert '(row 2)' in page.inner_text('#attention')

    with page.expect_download() as download:
        page.click('#download')
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    prediction = json.loads(path.read_text(encoding='utf-8'))
    assert path.suffix == '.json' and sorted(prediction) == [
        'height', 'hois', 'width'
    ]
    assert (prediction['width'], prediction['height']) == (192, 160)
    assert f'of the {len(prediction["hois"])} predictions' in label
    assert prediction['hois'][1]['text'] == cells(page).nth(6).inner_text()
    page.screenshot(path=tmp_path / 'page.png', full_page=True)


def test_threshold_redraws(page):
    set_threshold(page, 0)
    choose_example(page)
    detect(page)
    cells(page).first.wait_for()
    drawn = page.get_attribute(PICTURE, 'src')
    set_threshold(page, 1)
    page.wait_for_selector('#table :text("Interactions: 0 of")')
    assert cells(page).count() == 0
    assert page.get_attribute(PICTURE, 'src') != drawn


def test_detect_needs_a_picture(page):
    page.click('#detect')
    message(page, 'First send a picture').wait_for()


def truncated(path, image):
    cv2.imwrite(str(path), image)
    path.write_bytes(path.read_bytes()[:-1000])


@pytest.mark.parametrize('name, write, expected', [
    ('text.jpg', lambda path, image: path.write_text('no image'),
     'not an image that can be read; accepted are JPEG, PNG, WEBP, BMP'),
    ('empty.png', lambda path, image: path.write_bytes(b''), '0 bytes'),
    ('bomb.png', lambda path, image: write_bomb(path),
     'more than 25 million pixels'),
    ('broken.png', truncated, 'The image cannot be read'),
    ('large.bmp', lambda path, image: cv2.imwrite(
        str(path), np.zeros((600, 600, 3), np.uint8)), 'maximum'),
    ('notes.txt', lambda path, image: path.write_text('no image'),
     'file type'),
])
def test_refused_files(page, tmp_path, scene, name, write, expected):
    path = tmp_path / name
    write(path, scene)
    page.set_input_files(UPLOAD, path)
    message(page, expected).wait_for()
    assert page.locator(PICTURE).count() == 0
    # The server goes on.
    choose_example(page)
    detect(page)


def test_own_interactions(page, browser, server):
    set_threshold(page, 0)
    choose_example(page, 1)
    page.fill('#prompts textarea', f'a person riding a horse\n{HTML}')
    detect(page)
    cells(page).first.wait_for()
    texts = set(cells(page).all_inner_texts()[1::5])
    assert texts == {'a person riding a horse', HTML}
    row = cells(page).all_inner_texts()[1::5].index(HTML)
    cells(page).nth(5 * row + 1).click()
    page.wait_for_selector(ATTENTION)
    assert HTML in page.inner_text('#attention')
    # The next request has the model's own interactions.
    page.fill('#prompts textarea', '')
    page.click('#detect')
    page.wait_for_function(
        'text => !document.querySelector("#table")'
        '.textContent.includes(text)',
        arg=HTML)
    cells(page).first.wait_for()
    assert page.evaluate('window.hacked') is None


@pytest.mark.parametrize('prompts, expected', [
    ('\n'.join(f'a person riding horse {i}'
               for i in range(101)), '101 own interactions are too many'),
    (HTML + 100 * 'x', f'"{HTML[:30]}..." has 143 characters; at most 100'),
])
def test_refused_interactions(page, prompts, expected):
    choose_example(page)
    page.fill('#prompts textarea', prompts)
    page.click('#detect')
    message(page, expected).wait_for()
    assert page.evaluate('window.hacked') is None
