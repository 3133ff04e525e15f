"""What a step prints: the beginning and the end are kept, however much it is."""

from watchkeeper.pipelines.steps.log import Log


def test_a_short_log_is_kept_whole() -> None:
    log = Log(head=10, tail=10)
    log.line("a")
    log.write("b")
    assert log.read() == ("a\nb", 0)


def test_of_a_long_one_the_middle_is_left_out_and_counted() -> None:
    log = Log(head=4, tail=3)
    for letter in "abcdefghijklm":
        log.write(letter * 2)
    text, omitted = log.read()
    assert text == "aabb\n[19 characters left out]\nlmm"
    assert omitted == 19


def test_one_huge_piece_takes_no_more_room() -> None:
    log = Log(head=5, tail=5)
    log.write("x" * 10_000_000)
    text, omitted = log.read()
    assert omitted == 9_999_990
    assert len(text) < 60
