"""Titles: the Chinese ones, the codes of the annexes and the variants of local systems are the same columns."""

import json
from pathlib import Path

import pytest

from ingest import registry
from ingest.demo.layouts import COLUMNS
from ingest.problems import Problem
from ingest.schema import Canonical, SourceSpec
from ingest.spec import bind

CODE = "91359802MA0000000X"

#: Files of sources: titles and the canonical names of their columns. An indented line goes on.
TITLES = """
licences: 行政相对人名称=subject_name 行政许可决定文书号=document_no 许可机关统一社会信用代码=authority_uscc
    许可编号=licence_no 当前状态=state
licences: XK_XDR=subject_name XK_WSH=document_no XK_XMMC=project XK_SPLB=licence_kinds XK_JZQ=valid_until
    XK_XZJG=authority_name XK_FR=legal_rep_name XK_XDR_SFZ=subject_id
abnormal-operations: ENTNAME=subject_name UNISCID=subject_number SPECAUSE=ground ABNTIME=listed
    DECORG=authority_name REMEXCPRES=removal_reason REMDATE=removed
serious-violations: ENTNAME=subject_name UNISCID=subject_number TYPE=subject_kind SERILLREA=ground ABNTIME=listed
    DECORG=authority_name DECNO=document_no CF_WSH=penalty_no
tax-serious: NSRMC=subject_name NSRSBH=subject_number AJXZ=case_kind ZYWFSS=facts CFQK=handling GBRQ=published
    TZGBRQ=stopped 欠税金额(万元)=amount_yuan
red-list: name=subject_name code=subject_number honour_name=honour authority=authority_name basis=basis
    doc_no=document_no in_date=granted valid_to=valid_until out_date=cancelled
commitments: CNBM=commitment_no CN_ZTMC=subject_name CN_ZTDM=subject_number CNLX=kind CNRQ=made GKLX=open LYQK=kept
    LYRDRQ=found
intermediaries: name=subject_name uscc=subject_number category=category lic_name=licence lic_no=licence_no
    issuer=issuer valid_to=valid_until grade=evaluation
practitioners: 姓名=subject_name 证件号码=subject_id 职业类别=category 律师执业证号=cert_no 执业律所=employer_name
    律所统一社会信用代码=employer_number 首次执业日期=first_registered
practitioners: name=subject_name id_no=subject_id category=category zsbh=cert_no firm=employer_name
    pzrq=first_registered njjg=annual_check
repairs: apply_no=apply_no 申请主体名称=subject_name subject_id=subject_number info_kind=info_kind
    record_id=record_no received_at=received decided_at=decided decision=decision
objections: objection_no=objection_no claimant_kind=claimant record_id=record_no 异议记录来源=record_source
    submitted_at=submitted due_at=due result=result replied_at=replied
"""


def _files() -> list[tuple[str, dict[str, str]]]:
    """Source and title -> name for each file of the table above."""
    lines = TITLES.replace("\n    ", " ").strip().splitlines()
    parts = [line.split(": ", 1) for line in lines]
    return [(source, dict(pair.split("=") for pair in pairs.split())) for source, pairs in parts]


def _spec(source: str) -> SourceSpec:
    found = registry.spec(source)
    assert isinstance(found, SourceSpec)
    return found


@pytest.mark.parametrize(("source", "titles"), _files())
def test_titles_and_codes_are_the_same_columns(source: str, titles: dict[str, str]) -> None:
    layout = bind(_spec(source), [f" {title} " for title in titles])
    assert {bound.title: bound.column.name for bound in layout.bound} == titles
    assert layout.warnings == ()


def test_no_title_of_the_demo_is_unknown() -> None:
    for source, columns in COLUMNS.items():
        assert bind(_spec(source), columns).warnings == (), source


def _licence(tmp_path: Path, **cells: str) -> Canonical | Problem:
    """One licence as JSON, another of the formats that every source is read in."""
    row = {"XK_XDR_MC": "某店", "XK_WSH": "某许〔2014〕1号", "XK_XZJG": "某局", "XK_JDRQ": "2014-05-01", **cells}
    path = tmp_path / "licence.json"
    path.write_text(json.dumps([row], ensure_ascii=False), "utf-8")
    table = _spec("licences").open(path)
    (raw,) = table.rows
    return _spec("licences").reader(table.header).canonical(raw, "2026-10-01")


@pytest.mark.parametrize(
    ("project", "state", "void"),
    [("", "1", False), ("", "2", True), ("", "有效", False), ("某项目", "0", False), ("某项目", "1", True),
     ("某项目", "2", False), ("", "撤销", True)],
)  # fmt: skip
def test_the_form_of_2016_has_other_codes_of_the_state(tmp_path: Path, project: str, state: str, void: bool) -> None:
    more = {"XK_XMMC": project} if project else {}
    found = _licence(tmp_path, XK_ZT=state, XK_XDR_SHXYM="", **more)
    assert isinstance(found, Canonical)
    made = registry.parser("licences").claims({**found.fields, "subject_uscc": CODE}, "rec:licences/x")
    assert (made[0].props.get("end_kind") == "revoked") is void
