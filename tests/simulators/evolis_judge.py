"""What the vendor's own library says of a simulated printer. Runs in an environment that has it, not in ours.

    python evolis_judge.py PORT CONTROL FOLDER

Prints one JSON object; leaves face.bmp, areas.bmp and the streams full.prn, mask.prn and white.prn in FOLDER.
"""

import json
import sys
import urllib.request
from pathlib import Path

import evolis
from PIL import Image, ImageDraw

SIZE = (1016, 648)


def put_card(control: str) -> None:
    body = json.dumps({"card": {"kind": "rewritable", "uid": "04A1B2C3"}}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{control}/card", body, {"Content-Type": "application/json"}))


def pictures(folder: Path) -> None:
    face = Image.new("1", SIZE, 1)
    draw = ImageDraw.Draw(face)
    draw.text((60, 200), "88 points", fill=0, font_size=120)
    draw.rectangle((20, 20, 995, 627), outline=0)
    face.save(folder / "face.bmp")
    areas = Image.new("1", SIZE, 1)
    ImageDraw.Draw(areas).rectangle((100, 400, 300, 500), fill=0)
    areas.save(folder / "areas.bmp")
    Image.new("1", SIZE, 1).save(folder / "white.bmp")


def session(connection: evolis.Connection, face: Path, areas: Path | None = None) -> evolis.PrintSession:
    job = evolis.PrintSession(connection)
    assert job.init_with_rw_card(evolis.RwCardType.MBLACK)
    if areas:
        job.set_setting(evolis.SettingKey.FRwManagement, "BMPREWRITE")
        job.set_rw_areas(evolis.CardFace.FRONT, str(areas))
    job.set_image(evolis.CardFace.FRONT, str(face))
    return job


def streams(folder: Path) -> None:
    connection = evolis.Connection()
    connection.open("model://Primacy 2", evolis.OpenMode.DIRECT)
    session(connection, folder / "face.bmp").print_to_file(str(folder / "full.prn"))
    session(connection, folder / "face.bmp", folder / "areas.bmp").print_to_file(str(folder / "mask.prn"))
    session(connection, folder / "white.bmp").print_to_file(str(folder / "white.prn"))
    connection.close()


def stripes(connection: evolis.Connection) -> dict[str, object]:
    wanted = evolis.MagSession(connection)
    wanted.set_track(0, evolis.MagFormat.ISO1, "ANNA LEE")
    wanted.set_track(1, evolis.MagFormat.ISO2, "0412=7")
    written = wanted.write().name
    found = evolis.MagSession(connection)
    read = found.read().name
    return {"written": written, "read": read, "tracks": [found.get_data(number) for number in range(3)]}


def main(port: str, control: str, folder: Path) -> dict[str, object]:
    pictures(folder)
    streams(folder)
    connection = evolis.Connection()
    said: dict[str, object] = {"open": connection.open(f"socket://127.0.0.1:{port}", evolis.OpenMode.DIRECT)}
    info = connection.get_info()
    said["model"] = info.modelName if info else None
    said["tray"] = connection.set_input_tray(evolis.InputTray.MANUALANDCMD)
    put_card(control)
    said["insert"] = connection.insert_card()
    said.update(stripes(connection))
    said["print"] = session(connection, folder / "face.bmp").print().name
    said["watching"] = connection.enable_status()
    put_card(control)
    said["insert_again"] = connection.insert_card()
    said["print_watched"] = session(connection, folder / "face.bmp").print().name
    connection.close()
    return said


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))))
