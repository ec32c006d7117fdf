"""Simulated DESFire and NTAG 424 by raw commands: the statuses of the chips, frames, what a refusal costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.devices.wire.apdu import desfire, desfire_data, ntag424
from loyalty.devices.wire.apdu.authentication import Host, Way
from simulators.card import CardInvalid, SimCard
from tests.devices.secure_cards import KEYS, SPEND, shop_card
from tests.simulators.pcsc_card_bench import UID7, Bench

SELECT = "905A0000032081F400"
DEBIT, COMMIT, VALUE = "90DC000005010A00000000", "90C7000000", "906C0000010100"


@pytest.fixture
def bench():
    return Bench().lay("desfire", UID7, **shop_card(mode=0))


def authenticate(bench, key=SPEND):
    host = Host(Way.EV1, key, KEYS[key], bytes(16))
    challenge = bench.ask(f"90AA000001{key:02X}00")
    assert challenge.endswith("91AF")
    proof = bench.ask(f"90AF000020{host.token(bytes.fromhex(challenge[:-4])).hex()}00")
    return host.finish(bytes.fromhex(proof[:-4]))


@pytest.mark.parametrize(
    ("commands", "status"),
    [
        (["905A00000399999900"], "91A0"), (["90FF000000"], "911C"), (["905A0000022081F400"[:-2]], "917E"),
        ([SELECT, VALUE], "91AE"), ([SELECT, "90F50000010900"], "91F0"), ([SELECT, "906400000109" + "00"], "9140"),
        ([SELECT, "90AA0000010900"], "9140"), (["90AA0000010000"], "91AE"), (["90AF000000"], "911C"),
        ([SELECT, COMMIT], "910C"), (["90CA0000052081F40F8100"], "91DE"), (["90CA0000051122330F8F00"], "919E"),
        (["9060000000", SELECT], "91CA"), (["9051000000"], "91AE"), (["90FC000000"], "91AE"),
        ([SELECT, "90CD0000070100EEEE20000000"], "91DE"), ([SELECT, "90CD0000070900EEEE00000000"], "919E"),
        (["00A4040000"], "6D00"), (["90600000"], "91AF"), (["9060000005"], "91AF"), (["906000000501"], "917E"),
    ],
)  # fmt: skip
def test_statuses(bench, commands, status):
    assert [bench.ask(command) for command in commands][-1][-4:] == status


def test_a_native_command_is_answered_natively(bench):
    assert bench.ask("60") == "AF04010112001A05"
    assert bench.ask("AF") == "AF04010102011A05"
    assert bench.ask("AF").startswith("00" + UID7)


def test_a_wrong_mac_ends_the_session_and_the_transaction(bench):
    bench.lay("desfire", UID7, **shop_card(mode=1))
    bench.ask(SELECT)
    authenticate(bench)
    assert bench.ask("90DC00000D010A000000001122334455667700") == "911E"
    assert bench.ask(COMMIT) == "910C"
    authenticate(bench)
    assert bench.ask(VALUE)[:8] == "64000000"


def test_a_debit_holds_when_it_is_committed(bench):
    bench.ask(SELECT)
    authenticate(bench)
    assert bench.ask(DEBIT).endswith("9100")
    assert bench.unit.card.memory["applications"]["F48120"]["files"]["1"]["value"] == 100
    assert bench.ask(COMMIT).endswith("9100")
    assert bench.unit.card.memory["applications"]["F48120"]["files"]["1"]["value"] == 90
    bench.ask(DEBIT)
    bench.unit.power_card()
    assert bench.ask(SELECT) == "9100"
    assert bench.unit.card.memory["applications"]["F48120"]["files"]["1"]["value"] == 90


def test_each_visit_of_a_card_with_random_uid_shows_another(bench):
    bench.lay("desfire", UID7, random_uid=True)
    shown = set()
    for _ in range(4):
        shown.add(bench.ask("FFCA000000"))
        bench.unit.power_card()
    assert len(shown) == 4 and all(uid.startswith("08") and len(uid) == 12 for uid in shown)


@pytest.mark.parametrize(
    ("commands", "status"),
    [
        (["90AD0000070200000000000000"], "919D"), (["00A4000C02E104"], "6A82"), (["00B0000002"], "6986"),
        (["00A4040007D276000085010100", "00A4000C02E105", "00B0000002"], "6982"),
        (["00A4040007D276000085010100", "90AD0000070300000000000000"], "91AE"),
        (["00A4040007D276000085010100", "90AD0000070200010000000000"], "91BE"),
        (["00A4040007D276000085010100", "90F60000010200"], "919D"), (["905A00000300000000"], "911C"),
        (["00A4040007D276000085010100", "90AA0000010000"], "911C"), (["00CA000000"], "6D00"),
        (["00A4040007D276000085010100", "9071000002090000"], "9140"), (["00B0840002"], "9000"),
    ],
)  # fmt: skip
def test_statuses_of_a_tag(commands, status):
    bench = Bench().lay("ntag424", UID7)
    assert [bench.ask(command) for command in commands][-1][-4:] == status


@pytest.mark.parametrize(
    ("kind", "memory"),
    [
        ("desfire", {"generation": "EV9"}), ("desfire", {"applications": {"xx": {}}}), ("desfire", {"keys": ["00"]}),
        ("desfire", {"applications": {"000001": {"files": {"1": {"kind": "record", "access": "EEEE"}}}}}),
        ("desfire", {"applications": 5}), ("ntag424", {"keys": ["00"]}), ("ntag424", {"files": {"9": ""}}),
        ("ntag424", {"counter": "x"}), ("ntag424", {"settings": {"2": "00"}}),
    ],
)  # fmt: skip
def test_memory_that_no_card_has_is_refused(kind, memory):
    with pytest.raises(CardInvalid):
        Bench().unit.put_card(SimCard(kind, UID7, memory=memory))


@given(st.data())
def test_no_command_breaks_a_card(data):
    kind = data.draw(st.sampled_from(["desfire", "ntag424"]))
    bench = Bench().lay(
        kind, UID7, **(shop_card(mode=data.draw(st.sampled_from([0, 1, 3]))) if kind == "desfire" else {})
    )
    bench.ask(SELECT if kind == "desfire" else "00A4040007D276000085010100")
    if kind == "desfire" and data.draw(st.booleans()):
        authenticate(bench)
    known = sorted({*desfire_data.BY_INSTRUCTION, *ntag424.BY_INSTRUCTION, 0xAA, 0x71, 0x77, 0xAF, 0x00})
    for _ in range(3):
        body = data.draw(st.binary(max_size=60))
        ins = data.draw(st.sampled_from(known))
        whole = desfire.framed(ins, body).encoded()
        raw = (
            data.draw(st.sampled_from([whole, bytes([ins]) + body, b"\x00" + whole[1:], whole[: len(body)]])) or b"\x60"
        )
        assert len(bench.ask(raw.hex())) >= 2
