"""What the doctor and the settings say of passes: ready, until when, and what is missing."""

from datetime import timedelta
from pathlib import Path

from loyalty.cli.checks_passes import passes
from loyalty.config import Config, PassFiles, load
from tests.passes.authority import ENDS, authority, google_files

LONG_BEFORE = ENDS - timedelta(days=100)


def test_the_doctor_says_until_when_and_what_is_missing(tmp_path: Path) -> None:
    apple = authority(tmp_path).files()
    shop = Config(data_dir=tmp_path, passes=apple, public_url="https://club.example")
    (fine,) = passes(shop, LONG_BEFORE)
    assert (fine.state, fine.name) == ("ok", "apple passes") and "until 2027-03-31" in fine.said
    assert [each.state for each in passes(shop, ENDS - timedelta(days=29))] == ["note"]
    (over,) = passes(shop, ENDS)
    assert over.state == "bad" and "ended on 2027-03-31" in over.said
    (still,) = passes(shop.model_copy(update={"public_url": "http://10.0.0.5:8000"}), LONG_BEFORE)
    assert still.state == "note" and "https" in still.remedy
    (locked,) = passes(shop.model_copy(update={"passes": apple.model_copy(update={"apple_key_password": "x"})}), ENDS)
    assert locked.state == "bad" and "apple_key_password" in locked.said
    google = google_files(tmp_path)
    (homeless,) = passes(Config(data_dir=tmp_path, passes=google), LONG_BEFORE)
    assert homeless.state == "bad" and "public_url" in homeless.said
    moving = google.model_copy(update={"google_updates": True})
    (moved,) = passes(shop.model_copy(update={"passes": moving}), LONG_BEFORE)
    assert moved.state == "ok" and "club@project.iam.example" in moved.said
    assert passes(Config(data_dir=tmp_path), LONG_BEFORE) == []


def test_the_table_is_read_from_the_settings_file(tmp_path: Path) -> None:
    file = tmp_path / "loyalty.toml"
    file.write_text('[passes]\ngoogle_account = "/etc/g.json"\ngoogle_issuer = "123"\n')
    assert load(file).passes == PassFiles(google_account=Path("/etc/g.json"), google_issuer="123")
