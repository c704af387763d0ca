"""One file, one document: a second judgment is found, what belongs to the first is not taken for one."""

from itertools import permutations

import pytest

from ingest.documents.checks import check_judgment, check_single, check_text
from ingest.problems import FileProblem
from nlp.reader import read
from tests.nlp import texts

_APPENDIX = """附：本判决所适用的法律条文
《中华人民共和国民事诉讼法》
第一百七十七条 第二审人民法院对上诉案件，经过审理，按照下列情形，分别处理：
（一）原判决、裁定认定事实清楚的，以判决、裁定方式驳回上诉，维持原判决、裁定；
"""
_QUOTING = texts.SECOND_INSTANCE.replace(
    "本院认为，原判",
    "原审法院于2022年5月6日作出（2022）闽7701民初88号民事判决书，判决如下：被告归还借款。\n"
    "（2022）闽7701民初89号民事裁定书已经生效，该裁定由审判员李二作出。\n本院认为，原判",
)
_PENALTY = """青禾市市场监督管理局
行政处罚决定书
青市监罚〔2025〕{n}号
当事人：青禾市岚屿建设有限公司。
本局决定罚款五千元。
青禾市市场监督管理局
2025年3月4日
"""
_TITLED = "上诉人青禾市岚屿建设有限公司金融借款合同纠纷二审民事判决书\n" + texts.SECOND_INSTANCE


def single(text: str) -> bool:
    """Whether a text passes as one document."""
    try:
        check_single(text)
    except FileProblem as problem:
        assert problem.code == "several_documents"
        return False
    return True


@pytest.mark.parametrize("text", [*texts.ALL, _TITLED, _QUOTING, _PENALTY.format(n=1)])
def test_one_document_passes(text: str) -> None:
    assert single(text)
    assert single(text + _APPENDIX)


def test_a_heading_repeated_on_a_page_of_the_appendix_is_no_second_document() -> None:
    running = "\n".join(texts.SECOND_INSTANCE.splitlines()[:3]) + "\n"
    assert single(texts.SECOND_INSTANCE + running + _APPENDIX)


@pytest.mark.parametrize(("first", "second"), list(permutations(range(len(texts.ALL)), 2)))
def test_two_judgments_are_found(first: int, second: int) -> None:
    assert not single(texts.ALL[first] + "\n" + texts.ALL[second])


@pytest.mark.parametrize("text", texts.ALL)
def test_the_same_judgment_twice_is_two_documents(text: str) -> None:
    assert not single(text + "\n" + text)


def test_a_second_document_without_its_end_is_found() -> None:
    assert not single(texts.SECOND_INSTANCE + "\n".join(texts.OBJECTION.splitlines()[:5]))


def test_two_decisions_of_a_department_are_found() -> None:
    assert not single(_PENALTY.format(n=1) + _PENALTY.format(n=2))


@pytest.mark.parametrize("text", [*texts.ALL, _PENALTY.format(n=1), texts.OBJECTION.splitlines()[2] + "\n全文从略。\n"])
def test_whatever_has_a_part_of_a_judgment_is_one(text: str) -> None:
    check_judgment(read(text), text)


@pytest.mark.parametrize(
    "text", ["关于召开年会的预告\n各位同事，年会定于周五举行，请准时参加。\n", "春眠不觉晓，处处闻啼鸟。\n", _APPENDIX]
)
def test_what_has_no_part_of_a_judgment_is_none(text: str) -> None:
    check_text(text)
    with pytest.raises(FileProblem) as refused:
        check_judgment(read(text), text)
    assert refused.value.code == "no_judgment"
