"""``creditgraph extract``: exit codes, what is written, and that nothing else is touched."""

import json
from pathlib import Path

import pytest

from nlp.annotation import annotation
from nlp.reader import read_many
from tests.api.conftest import Run, run
from tests.ingest.documents.test_bad_files import BAD
from tests.ingest.documents.writers import WRITERS, as_pdf
from tests.nlp import texts


@pytest.fixture(autouse=True)
def no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data home and a key that nobody has made, and that nobody shall make."""
    monkeypatch.setenv("CREDITGRAPH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(tmp_path / "key"))
    return tmp_path


def extract(folder: Path, *names: str) -> Run:
    """Extract files of the folder into its folder ``out/new``."""
    return run("extract", *(str(folder / name) for name in names), "--out", str(folder / "out" / "new"), "--json")


def written(folder: Path) -> list[str]:
    """What lies in the output folder."""
    return sorted(path.name for path in (folder / "out" / "new").glob("*"))


@pytest.mark.parametrize("form", WRITERS)
def test_each_file_becomes_a_json(form: str, tmp_path: Path) -> None:
    for place, text in enumerate(texts.ALL):
        (tmp_path / f"j{place}.{form}").write_bytes(WRITERS[form](text))
    done = extract(tmp_path, *(f"j{place}.{form}" for place in range(len(texts.ALL))))
    assert (done.code, done.err) == (0, "")
    assert done.body == {"out": "new", "input": 9, "read": 9, "refused": 0, "errors": [], "warnings": []}
    for place, text in enumerate(texts.ALL):
        raw = (tmp_path / "out" / "new" / f"j{place}.json").read_text("utf-8")
        assert json.loads(raw) == annotation(next(read_many([text], with_entities=True)), text)
        assert raw == json.dumps(json.loads(raw), ensure_ascii=False, indent=1) + "\n"
    assert not (tmp_path / "home").exists() and not (tmp_path / "key").exists()


def test_the_operator_reads_numbers_as_printed_and_he_alone(tmp_path: Path) -> None:
    (tmp_path / "j.txt").write_text(texts.SECOND_INSTANCE, "utf-8")
    assert texts.ID_NUMBER not in extract(tmp_path, "j.txt").out
    path = tmp_path / "out" / "new" / "j.json"
    assert texts.ID_NUMBER in path.read_text("utf-8")
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("case", BAD)
def test_a_bad_file_alone_is_exit_2_and_leaves_nothing(case: str, tmp_path: Path) -> None:
    name, data, code, word = BAD[case]
    (tmp_path / name).write_bytes(data)
    done = extract(tmp_path, name)
    assert (done.code, done.body["status"], done.body["title"]) == (2, 400, code)
    assert done.body["detail"].startswith(f"{name}: ") and word in done.body["detail"]
    assert written(tmp_path) == []


def test_good_ones_are_written_beside_refused_ones(tmp_path: Path) -> None:
    for case in ("scan", "english", "two documents"):
        (tmp_path / f"{case}.dat").write_bytes(BAD[case][1])
    (tmp_path / "诗.txt").write_text("春眠不觉晓，处处闻啼鸟。", "utf-8")
    (tmp_path / "good.txt").write_bytes(as_pdf(texts.OBJECTION))
    done = extract(tmp_path, "诗.txt", "scan.dat", "good.txt", "english.dat", "two documents.dat")
    assert done.code == 1
    assert [(e["file"], e["code"]) for e in done.body["errors"]] == [
        ("诗.txt", "no_judgment"),
        ("scan.dat", "no_text_layer"),
        ("english.dat", "other_script"),
        ("two documents.dat", "several_documents"),
    ]
    assert (done.body["input"], done.body["read"], done.body["refused"]) == (5, 1, 4)
    assert len(done.body["warnings"]) == 1 and done.body["warnings"][0].startswith("good.txt: ")
    assert written(tmp_path) == ["good.json"]


def test_a_refused_file_leaves_no_json_of_before(tmp_path: Path) -> None:
    (tmp_path / "j.txt").write_text(texts.OBJECTION, "utf-8")
    assert extract(tmp_path, "j.txt").code == 0 and written(tmp_path) == ["j.json"]
    (tmp_path / "j.txt").write_bytes(b"")
    assert extract(tmp_path, "j.txt").code == 2 and written(tmp_path) == []


def test_two_files_of_one_stem_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("j.txt", "j.pdf", "b/j.txt", "k.txt"):
        (tmp_path / name).write_bytes(as_pdf(texts.OBJECTION))
    for names in (("k.txt", "j.txt", "j.pdf"), ("j.txt", "b/j.txt"), ("j.txt", "j.txt")):
        done = extract(tmp_path, *names)
        assert (done.code, done.body["title"]) == (2, "same name")
        assert all(str(tmp_path / name) in done.body["detail"] for name in names if name != "k.txt")
        assert not (tmp_path / "out").exists()


def test_no_file_to_be_read_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "j.json").write_text("春眠不觉晓，处处闻啼鸟。", "utf-8")
    (tmp_path / "k.txt").write_text(texts.OBJECTION, "utf-8")
    done = run("extract", str(tmp_path / "k.txt"), str(tmp_path / "j.json"), "--out", str(tmp_path))
    assert (done.code, done.body["title"]) == (2, "same name")
    assert (tmp_path / "j.json").exists() and not (tmp_path / "k.json").exists()


def test_a_refused_text_in_traditional_characters_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "j.txt").write_text("茲通知諸位同仁，本會訂於週五舉行年會，請準時參加，勿誤為荷。", "utf-8")
    done = extract(tmp_path, "j.txt")
    assert (done.code, done.body["title"]) == (2, "no_judgment")
    assert "traditional characters" in done.body["warnings"][0]


def test_what_is_no_file_or_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "j.txt").write_text(texts.OBJECTION, "utf-8")
    missing = extract(tmp_path, "j.txt", "none.txt")
    assert (missing.code, missing.body["title"]) == (2, "no such file")
    assert "none.txt" in missing.body["detail"] and not (tmp_path / "out").exists()
    assert extract(tmp_path, ".").body["title"] == "no such file"
    unfit = run("extract", str(tmp_path / "j.txt"), "--out", str(tmp_path / "j.txt"))
    assert (unfit.code, unfit.body["title"]) == (2, "unfit --out")


def test_a_person_reads_the_summary(tmp_path: Path) -> None:
    (tmp_path / "j.txt").write_text(texts.OBJECTION, "utf-8")
    (tmp_path / "e.txt").write_bytes(b"")
    done = run("extract", str(tmp_path / "j.txt"), str(tmp_path / "e.txt"), "--out", str(tmp_path / "out"))
    assert done.code == 1
    assert done.out.splitlines() == ["out: input 2 = read 1, refused 1", "  e.txt: empty_file the file is empty"]
