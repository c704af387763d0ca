"""Papers of a case: what is proved stands in them, what only the body knows stays blank, no state has a wrong paper."""

import io
import json
from pathlib import Path
from typing import Any

import docx
import pytest

from tests.api.conftest import Loaded, run


def _text(path: Path) -> str:
    return "\n".join(p.text for p in docx.Document(io.BytesIO(path.read_bytes())).paragraphs)


@pytest.fixture(scope="module")
def case(town: Loaded) -> dict[str, Any]:
    """A measure of the courts that is proposed for the debtor of the town."""
    assert run("cases", "sync", "--json").code == 0
    rows = run("cases", "list", "--measure", "M002", "--subject", town.town.company, "--json").body["results"]
    return next(row for row in rows if row["role"] == "subject")


def _step(case: dict[str, Any], name: str, *more: str) -> None:
    done = run("cases", "act", case["id"], name, "--body", "court", "--on", "2026-10-01", *more, "--json")
    assert done.code == 0, done.err


def test_papers_follow_the_case(town: Loaded, case: dict[str, Any], tmp_path: Path) -> None:
    out = tmp_path / "paper.docx"

    def drawn(name: str) -> str:
        done = run("cases", "paper", case["id"], name, "--out", str(out), "--json")
        assert done.code == 0, done.err
        return _text(out)

    first = drawn("notice")
    assert town.town.company_name in first and "法释〔2015〕17号" in first
    assert "文号：＿" in first and "until lifted" not in first
    assert first.splitlines()[0].endswith("法院")
    for wrong in ("release", "invoice"):
        done = run("cases", "paper", case["id"], wrong, "--out", str(out), "--json")
        assert done.code == 2 and json.loads(done.out)["status"] in (404, 409)
    _step(case, "notice", "--document-no", "告1号")
    _step(case, "decide", "--document-no", "限1号", "--reason", "有能力而拒不履行", "--by", "甲")
    decision = drawn("decision")
    assert "限1号" in decision and "有能力而拒不履行" in decision and "起生效" not in decision
    assert run("cases", "paper", case["id"], "notice", "--out", str(out), "--json").code == 2
    _step(case, "enforce", "--by", "乙")
    assert "自2026-10-01起生效" in drawn("decision")
    _step(case, "lift", "--document-no", "解1号", "--reason", "已全部履行")
    release = drawn("release")
    assert "已全部履行" in release and release.splitlines()[-1] == "2026-10-01"
