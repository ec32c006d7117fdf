"""The first run: from a code on the terminal to a shop that could sell; wrong codes, second comers, steps back."""

import re

import pytest

from loyalty.clock import SetClock
from loyalty.config import Config
from loyalty.db.session import open_engine, read
from loyalty.db.upgrade import upgrade
from loyalty.points.sql_facts import SqlFacts
from loyalty.web.first_run import fresh_code, with_shop_settings
from loyalty.web.services import services
from tests.made_once import made_once
from tests.web.conftest import Visitor
from tests.web.harbour import NOW, PASSWORD
from tests.web.quick_start import open_app
from tests.web.test_member import words


@pytest.fixture
def empty(tmp_path, shared):
    def build(folder):
        made = open_engine(f"sqlite:///{folder / 'loyalty.sqlite'}")
        upgrade(made)
        made.dispose()

    (tmp_path / "loyalty.sqlite").write_bytes((made_once(shared / "empty", build) / "loyalty.sqlite").read_bytes())
    config = Config(data_dir=tmp_path)
    engine = open_engine(config.database_url)
    yield open_app(shared, config, engine=engine, clock=SetClock(NOW), testing=True), engine, config
    engine.dispose()


def entered(app, code, email="ada@shop.example", password=PASSWORD, again=PASSWORD):
    person = Visitor(app.test_client())
    person.get("/setup")
    return person, person.post("/setup", code=code, email=email, password=password, again=again)


def test_from_the_code_on_the_terminal_to_a_shop_that_could_sell(empty):
    app, engine, config = empty
    code = fresh_code(engine, NOW)
    assert app.test_client().get("/login").location == "/setup"
    person, answer = entered(app, code.lower().replace("-", " "))
    assert (answer.status_code, answer.location) == (303, "/setup/shop")
    person.get("/setup/shop")
    shop = {"shop_name": "Tea Corner", "language": "zh_Hant", "currency": "hkd", "timezone": "Asia/Hong_Kong"}
    wrong = person.post("/setup/shop", **{**shop, "timezone": "Hong Kong"})
    assert wrong.status_code == 422 and 'value="Tea Corner"' in wrong.text
    assert person.post("/setup/shop", **shop).location == "/setup/programme"
    assert 'value="Tea Corner"' in person.get("/setup/shop").text  # back, or loaded again: nothing is lost
    assert person.post("/setup/programme", start="levels").location == "/setup/numbers"
    assert person.post("/setup/numbers", number_check="mod_97_10").location == "/setup/counter"
    made = person.post("/setup/counter", counter="till-1").text
    assert re.search(r"enrol --server http://localhost --code [2-9A-Z]{5}-[2-9A-Z]{5}<", made)
    assert person.post("/setup/backup", backup_hour="3", backup_keep="7").location == "/setup/ready"
    assert person.get("/setup/ready").status_code == 200
    with read(engine) as session:
        programme = SqlFacts(session).latest().programme
    assert (programme.name, programme.currency, programme.timezone) == ("Tea Corner", "HKD", "Asia/Hong_Kong")
    assert programme.tiers is not None and programme.earn
    assert services(app).config.number_check == with_shop_settings(config, engine).number_check == "mod_97_10"
    person.post("/setup/programme", start="stamps")
    with read(engine) as session:
        assert SqlFacts(session).latest().number == 1  # back and forth puts no second one


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "AAAA-BBBB-CCCC"}, "not the code that the server printed"),
        ({"code": ""}, "not the code that the server printed"),
        ({"again": "something else"}, "The two passwords differ."),
        ({"password": "short", "again": "short"}, "too short"),
        ({"email": "nobody"}, "is no e-mail address"),
    ],
)
def test_what_does_not_do_lets_nobody_in(empty, change, said):
    app, engine, _config = empty
    person, answer = entered(app, **{"code": fresh_code(engine, NOW), **change})
    assert answer.status_code == 422 and said in words(answer.text)
    assert person.get("/setup/shop").status_code == 302


def test_the_code_is_good_once_and_until_the_next_start(empty):
    app, engine, _config = empty
    first = fresh_code(engine, NOW)
    second = fresh_code(engine, NOW)
    assert entered(app, first)[1].status_code == 422
    assert entered(app, second)[1].status_code == 303
    assert fresh_code(engine, NOW) is None
    late = Visitor(app.test_client())
    assert late.get("/setup").location == "/setup/shop" and late.get("/setup/shop").status_code == 302
    late.get("/login")
    answer = late.post("/setup", code=second, email="b@shop.example", password=PASSWORD, again=PASSWORD)
    assert answer.status_code == 422 and "Somebody can log in already" in words(answer.text)
