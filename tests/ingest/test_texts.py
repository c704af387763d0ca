"""Full texts: a number is masked however the court wrote it, and every fact still opens on its words."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from graph.book.book import Book
from graph.book.home import Home
from graph.ledger import tables as t
from graph.store.sqlite import SqliteStore
from ingest.demo import codes
from ingest.load import load
from ingest.masking import written_numbers
from ingest.textload import restored

_NUMBER = codes.nth_id_number(4242)
_TEXT = """岚汀市人民法院
民 事 判 决 书
（2025）闽9801民初77号
原告：翟霏，女，住岚汀市汀北区，公民身份号码{number}。
被告：岚汀市荻苇机电设备有限公司，住所地岚汀市渡口路3号，统一社会信用代码{code}。
法定代表人：黎伯衡，经理。
原告翟霏与被告岚汀市荻苇机电设备有限公司买卖合同纠纷一案，本院于2025年2月10日立案后，现已审理终结。
判决如下：
被告于本判决生效之日起十日内支付货款3000元。
审 判 员  翟 悌
二〇二五年四月十日
"""


@pytest.mark.parametrize(
    "writing", [_NUMBER, f"{_NUMBER[:6]} {_NUMBER[6:14]} {_NUMBER[14:]}", f"{_NUMBER[:6]}-{_NUMBER[6:]}"]
)
def test_a_number_in_a_text_is_masked_in_its_place(
    writing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDITGRAPH_MASTER_KEY", str(tmp_path / "master.key"))
    text = _TEXT.format(number=writing, code=codes.uscc(5))
    (tmp_path / "j.txt").write_text(text, "utf-8")
    book = Book(Home(tmp_path / "home"), lambda home: SqliteStore(home.graph))
    assert load(book, "judgments", [tmp_path / "j.txt"]).counts["accepted"] == 1
    with book.ledger.reading() as connection:
        body = json.loads(connection.execute(select(t.payload.c.body).where(t.payload.c.seq == 1)).scalar_one())
        claims = connection.execute(select(t.claim.c.data).where(t.claim.c.relation != "")).scalars().all()
    archived = body["text"]
    assert not list(written_numbers(archived))
    assert len(archived) == len(text)
    assert restored(book.vault, archived, body["numbers"]) == text
    spans = [span for span in (json.loads(data).get("s") for data in claims) if span]
    assert spans and all(archived[a:b] == text[a:b] for a, b in spans if _NUMBER[6:10] not in text[a:b])
    book.close()
    assert _NUMBER.encode() not in (tmp_path / "home" / "ledger" / "ledger.db").read_bytes()
