"""Requests go into the lane of their kind, and are turned away when they would wait too long."""

import pytest

from digitpad.web.lanes import Lane, Lanes


@pytest.mark.parametrize(
    ("line", "headers", "name"),
    [
        ("POST /api/v1/read", "Content-Type: application/json", "ink"),
        ("POST /api/v1/read?expect=digit", "content-type: Application/JSON", "ink"),
        ("POST /api/v1/read", "Content-Type: image/png", "pictures"),
        ("POST /api/v1/read", "Content-Type: multipart/form-data; boundary=a", "pictures"),
        ("POST /api/v1/read", "Accept: */*", "pictures"),
        ("POST /api/v1/read", "Content-Type: image/png\r\nA: application/json", "pictures"),
        (
            "POST /api/v1/read",
            "Content-Type: application/json\r\nContent-Type: image/png",
            "pictures",
        ),
        ("POST /api/v1/read", "Content-Type: application/json; charset=utf-8", "ink"),
        ("POST /api/v1/%72ead", "Content-Type: image/png", "pictures"),
        ("POST /api/v1/read#a", "Content-Type: image/png", "pictures"),
        ("POST http://a/api/v1/read", "Content-Type: image/png", "pictures"),
        ("POST /api/v1/read%2Dmany", "Content-Type: application/json", "batches"),
        ("GET /ready%7a", "Accept: */*", "database"),
        ("POST /api/v1/%63orrections", "Content-Type: application/json", "database"),
        ("POST /api/v1/read-many", "Content-Type: application/json", "batches"),
        ("POST /api/v1/read-form", "Content-Type: multipart/form-data; boundary=a", "batches"),
        ("GET /api/v1/read", "Accept: */*", "pages"),
        ("POST /api/v1/corrections", "Content-Type: application/json", "database"),
        ("DELETE /api/v1/corrections/1", "Accept: */*", "database"),
        ("POST /api/v1/writers", "Accept: */*", "database"),
        ("DELETE /api/v1/me", "Accept: */*", "database"),
        ("GET /api/v1/model", "Accept: */*", "pages"),
        ("GET /readyz", "Accept: */*", "database"),
        ("POST /drift", "Accept: */*", "database"),
        ("GET /healthz", "Accept: */*", "pages"),
        ("GET /", "Accept: */*", "pages"),
        ("nonsense", "", "pages"),
    ],
)
def test_each_request_has_its_lane(line: str, headers: str, name: str) -> None:
    head = f"{line} HTTP/1.1\r\nHost: a\r\n{headers}\r\n\r\n".encode()
    assert Lanes().choose(head).name == name


def test_a_lane_is_full_when_one_more_would_wait_too_long() -> None:
    lane = Lane("ink", 2, most=10, patience=0.1, usual=0.02)
    free = []
    while not lane.is_full:
        free.append(lane.load)
        lane.load += 1
    # Two in work, and ten waits of 20 ms by two threads in 0.1 s; but there are ten at most.
    assert free == list(range(10))
    lane = Lane("pictures", 1, most=10, patience=0.25, usual=0.1)
    lane.load = 2
    assert not lane.is_full  # one is in work, one waits 0.1 s, the next one waits 0.2 s
    lane.load = 3
    assert lane.is_full


def test_a_thread_that_is_free_takes_any_request() -> None:
    lane = Lane("pictures", 1, most=4, patience=0.25, usual=30.0)
    assert not lane.is_full
    lane.load = 1
    assert lane.is_full


def test_a_lane_learns_how_long_requests_take() -> None:
    lane = Lane("ink", 1, most=100, patience=0.1, usual=0.001)
    lane.load = 50
    assert not lane.is_full
    for _ in range(30):
        lane.took(0.05)
    assert lane.usual == pytest.approx(0.05, rel=0.1)
    assert lane.is_full
