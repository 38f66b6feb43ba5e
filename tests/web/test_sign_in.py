"""The entrance by its pages: who comes in, what stays on the browser, where one goes on to."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.village import LI, PASSWORD, TOWNSHIP
from tests.web.visitor import Visitor
from tongxin.web.sign_in import within

Client = TestClient[Litestar]


@pytest.fixture
def backend() -> str:
    """What is tested here is the pages', not a database's."""
    return "sqlite"


def test_the_session_is_kept_where_no_script_reads_it(client: Client) -> None:
    answer = Visitor(client).sign_in(LI)
    cookie = answer.headers["set-cookie"]
    assert answer.status_code == 303
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie, "over plain HTTP the browser would drop it"


def test_over_https_the_session_travels_over_https_only(app: Litestar) -> None:
    with TestClient(app, base_url="https://desk.example") as client:
        assert "Secure" in Visitor(client).sign_in(LI).headers["set-cookie"]


def test_one_goes_on_to_the_page_that_was_asked_for(client: Client) -> None:
    sent = client.get("/tasks?late=1", headers={"Accept": "text/html"}, follow_redirects=False)
    assert sent.headers["location"] == "/login?next=/tasks%3Flate%3D1"
    assert Visitor(client).sign_in(LI, "/tasks?late=1").headers["location"] == "/tasks?late=1"


@pytest.mark.parametrize(
    "onward", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", ""]
)
def test_nobody_is_sent_to_another_site(onward: str) -> None:
    assert within(onward) == "/"


def test_a_wrong_password_keeps_the_name_and_drops_the_password(client: Client) -> None:
    told = {"township": TOWNSHIP, "name": "li", "password": "not-this-one", "next": "/"}
    answer = client.post("/login", data=told)
    assert answer.status_code == 403
    assert 'value="li"' in answer.text
    assert "not-this-one" not in answer.text
    assert "用户名或密码不对" in answer.text


def test_what_is_missing_is_said_at_its_field(client: Client) -> None:
    answer = client.post("/login", data={"township": TOWNSHIP, "name": "", "password": ""})
    assert answer.status_code == 422
    assert 'id="f-name-wrong"' in answer.text
    assert 'id="f-password-wrong"' in answer.text


def test_another_site_signs_nobody_in(client: Client) -> None:
    told = {"township": TOWNSHIP, "name": "li", "password": PASSWORD}
    headers = {"Origin": "https://elsewhere.example"}
    assert client.post("/login", data=told, headers=headers).status_code == 403


def test_signed_out_is_out(client: Client) -> None:
    visitor = Visitor(client)
    visitor.sign_in(LI)
    assert visitor.send("/logout").status_code == 303
    answer = client.get("/", headers={"Accept": "text/html"}, follow_redirects=False)
    assert answer.headers["location"] == "/login"


def test_language_and_night_are_remembered(client: Client) -> None:
    visitor = Visitor(client)
    visitor.sign_in(LI)
    client.get("/language/en?next=/tasks")
    page = visitor.open("/tasks")
    assert '<html lang="en">' in page
    assert "What is to be done?" in page
    visitor.send("/night", scheme="night", next="/tasks")
    assert 'media="screen"' in visitor.open("/tasks")


def test_every_answer_tells_the_browser_what_not_to_do(client: Client) -> None:
    for path in ("/login", "/nowhere", "/api/v1/tasks"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin", path
        assert headers["cache-control"] == "no-store", path
    assert "max-age" in client.get("/static/tongxin.css").headers["cache-control"]
