"""Composed suits in a few words: parties, what the court finds and what it orders, put into the form of a judgment."""

from dataclasses import dataclass

Parties = tuple[tuple[str, str], ...]

BANK, FIRM = "福宁市农村信用合作联社", "福宁市海联水产有限公司"
CARRIER, INSURER = "福宁市顺达运输有限公司", "中国人民财产保险股份有限公司福宁支公司"
TWO: Parties = (("原告", "林小波"), ("被告", "陈大海"))
THREE: Parties = (*TWO, ("被告", "黄秀英"))
LOAN: Parties = (("原告", BANK), ("被告", FIRM), ("被告", "张建国"), ("被告", "吴丽萍"))
TRAFFIC: Parties = (("原告", "郑美兰"), ("被告", "周强"), ("被告", INSURER), ("被告", CARRIER))


@dataclass(frozen=True, slots=True)
class Suit:
    """What varies from suit to suit."""

    parties: Parties
    ruling: str
    found: str = ""
    cause: str = "民间借贷纠纷"
    number: str = "（2021）闽0999民初88号"

    def text(self) -> str:
        """The judgment."""
        plaintiffs = "、".join(name for role, name in self.parties if role == "原告")
        defendants = "、".join(name for role, name in self.parties if role == "被告")
        lines = [
            "福宁市人民法院",
            "民 事 判 决 书",
            self.number,
            *(f"{role}：{name}，住福宁市。" for role, name in self.parties),
            f"原告{plaintiffs}与被告{defendants}{self.cause}一案，本院受理后，依法公开开庭进行了审理。现已审理终结。",
            f"经审理查明，{self.found}" if self.found else "",
            "本院认为，事实清楚。依照《中华人民共和国民法典》第六百七十五条、第一千零六十四条规定，判决如下：",
            self.ruling,
            "如不服本判决，可在判决书送达之日起十五日内上诉于宁德市中级人民法院。",
            "审 判 员 何 平",
            "二〇二一年三月三日",
            "书 记 员 李 丽",
        ]
        return "\n".join(line for line in lines if line)
