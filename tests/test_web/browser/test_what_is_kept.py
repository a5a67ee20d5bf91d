# Copyright (c) mmhoi contributors.
"""What a request leaves behind: nothing."""
import time

# Its object is unknown, which is worth a warning elsewhere.
PROMPT = 'a person polishing a doorknob'


def files(folder):
    return {path for path in folder.rglob('*') if path.is_file()}


def test_files_go(start_server, browser, picture_file):
    server = start_server('--keep-minutes', 0.1)
    folder = server.folder
    before = files(folder)
    page = browser.new_page()
    page.goto(server.url)
    page.set_input_files('#upload input[type=file]', picture_file)
    page.wait_for_selector('#picture img')
    page.fill('#prompts textarea', PROMPT)
    page.click('#detect')
    page.wait_for_selector('#download:not([disabled])')
    page.wait_for_timeout(500)
    assert len(files(folder) - before) >= 4

    end = time.time() + 60
    while files(folder) != before and time.time() < end:
        time.sleep(0.5)
    assert files(folder) == before

    page.click('#detect')
    message = page.get_by_test_id('toast-body')
    message.wait_for()
    assert 'send' in message.inner_text()
    page.close()

    server.process.terminate()
    server.process.wait(60)
    log = server.temp_dir / 'log.txt'
    assert list(server.temp_dir.iterdir()) == [log]
    assert PROMPT not in log.read_text()
