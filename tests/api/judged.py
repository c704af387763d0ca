"""Composed judgments of invented parties, loaded into a home of their own."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from ingest.demo import codes
from tests.api.conftest import TODAY, run

#: Companies by letter; whoever is not here is known by name only.
CODES = {"甲": codes.uscc(9001), "乙": codes.uscc(9002), "丙": codes.uscc(9003), "丁": codes.uscc(9004)}

NUMBER = codes.nth_id_number(4243)

Environment = Callable[[str, str], None]


def company(letter: str) -> str:
    """The name of a company."""
    return f"岚汀市{letter}木水泵有限公司"


def judgment(
    case_no: str,
    parties: Sequence[tuple[str, str]],
    words: str,
    *,
    court: str = "岚汀市人民法院",
    kind: str = "民 事 判 决 书",
    cause: str = "买卖合同纠纷",
    day: str = "二〇二五年四月十日",
) -> str:
    """A text with these parties (role, letter of a company or name of a person) and these words in its body."""
    block = ""
    for role, who in parties:
        if who in CODES:
            block += f"{role}：{company(who)}，住所地岚汀市渡口路3号，统一社会信用代码{CODES[who]}。\n"
        else:
            block += f"{role}：{who}，女，住岚汀市汀北区，公民身份号码{NUMBER}。\n"
    names = [company(who) if who in CODES else who for _, who in parties]
    return (
        f"{court}\n{kind}\n{case_no}\n{block}"
        f"{parties[0][0]}{names[0]}与{parties[1][0]}{names[1]}{cause}一案，本院于2025年2月10日立案后，现已审理终结。\n"
        f"{words}\n审 判 员  翟 悌\n{day}\n"
    )


class Judged:
    """A data home with judgments in it; file names are the first argument of :meth:`load`."""

    def __init__(self, folder: Path, environment: Environment) -> None:
        self.folder = folder
        self.home = folder / "home"
        environment("CREDITGRAPH_HOME", str(self.home))
        environment("CREDITGRAPH_TODAY", TODAY)

    def load(self, **texts: str) -> dict[str, Any]:
        """Load texts in one batch; the receipt."""
        paths = []
        for name, text in texts.items():
            paths.append(self.folder / f"{name}.txt")
            paths[-1].write_text(text, "utf-8")
        body: dict[str, Any] = run("load", "judgments", *map(str, paths), "--json").body
        return body

    def decide(self, kind: str, **more: Any) -> int:
        """A decision; its sequence."""
        told = {"kind": kind, "by": "审核员", "reason": "核对", "basis": "个人信息保护法 Art. 47", **more}
        path = self.folder / "decision.json"
        path.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        done = run("decide", str(path), "--json")
        assert done.code == 0, done.err
        return int(done.body["seq"])

    @staticmethod
    def found(*arguments: str) -> list[str]:
        """Case numbers of the documents that the command finds, in order."""
        done = run("documents", *arguments, "--json")
        assert done.code == 0, done.err
        return [row["case_no"] for row in done.body["results"]]


#: Two courts, three causes, four days; the second is dated later and comes from another court.
FIRST = judgment(
    "（2025）闽9801民初1号", [("原告", "甲"), ("被告", "乙")], "经审理查明，尚欠货款３０００元，约定了 违约\n金。"
)
SECOND = judgment(
    "（2025）闽9803民初2号",
    [("原告", "乙"), ("被告", "丙")],
    "尚欠货款5000元，被告承担连带清偿责任。",
    court="岚汀市汀北区人民法院",
    cause="承揽合同纠纷",
    day="二〇二五年六月一日",
)
THIRD = judgment(
    "（2024）闽9801执3号",
    [("申请执行人", "甲"), ("被执行人", "翟霏")],
    "责令履行，尚欠货款7000元。",
    kind="执 行 裁 定 书",
    day="二〇二四年三月二日",
)
CASES = ["（2025）闽9803民初2号", "（2025）闽9801民初1号", "（2024）闽9801执3号"]


@pytest.fixture
def judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, master_key: Path) -> Judged:
    """A home with three judgments."""
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(master_key))
    monkeypatch.delenv("CREDITGRAPH_STORE", raising=False)
    made = Judged(tmp_path, monkeypatch.setenv)
    receipt = made.load(first=FIRST, second=SECOND, third=THIRD)
    assert receipt["accepted"] == 3, receipt["errors"]
    return made
