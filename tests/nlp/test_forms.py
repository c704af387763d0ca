"""What can be a name by its form."""

import pytest

from nlp.forms import is_organisation, is_person


@pytest.mark.parametrize("name", ["宋词", "秦观海", "欧阳若水", "阿依古丽·买买提", "辛某某1", "木某甲", "秦××", "张**"])
def test_persons(name: str) -> None:
    assert is_person(name)


@pytest.mark.parametrize(
    "words", ["成立", "金额较", "和解协", "任会长", "任村主任", "商丘市", "影响", "宋", "姐姐宋词", "1号", ""]
)
def test_no_persons(words: str) -> None:
    assert not is_person(words)


@pytest.mark.parametrize("name", ["墨池公司", "和墨商行", "云泽市墨池商贸有限公司", "鹊巢企业(有限合伙)", "青石分局"])
def test_organisations(name: str) -> None:
    assert is_organisation(name)


@pytest.mark.parametrize("words", ["公安机关", "银行", "该公司", "云泽市海滨路1号", "且墨池公司", "合同纠纷", "财务部"])
def test_no_organisations(words: str) -> None:
    assert not is_organisation(words)
