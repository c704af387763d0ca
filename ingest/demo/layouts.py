"""The columns of the files that the demo writes, in the order of the source layouts."""

_TABLES = {
    "departments": """
        部门编码 部门名称 统一社会信用代码 曾用名
    """,
    "registry": """
        企业名称 统一社会信用代码 注册号 企业类型 法定代表人 法定代表人证件号码 注册资本(万元) 币种 成立日期
        住所 行业代码 登记机关 登记状态 核准日期 曾用名
    """,
    "shareholders": """
        企业名称 统一社会信用代码 股东名称 股东类型 证照号码 证件号码 认缴出资额(万元) 认缴出资比例(%)
        认缴出资日期 持股起 持股止
    """,
    "officers": """
        企业名称 统一社会信用代码 姓名 证件号码 职务 是否法定代表人 任职起 任职止
    """,
    "branches": """
        企业名称 统一社会信用代码 分支机构名称 分支机构统一社会信用代码 负责人 负责人证件号码 成立日期 登记状态
    """,
    "guarantees": """
        担保人名称 担保人代码 被担保人名称 被担保人代码 债权人名称 债权人代码 担保方式 担保金额(万元) 主合同编号
        担保起 担保止
    """,
    "judgment-debtors": """
        被执行人姓名/名称 证件号/组织机构代码 性别 执行法院 立案时间 案号 执行标的 案件状态
    """,
    "consumption-restrictions": """
        限制消费人员姓名 身份证号 企业信息 统一社会信用代码 案号 立案时间 执行法院 申请人 发布时间 限制身份
        文书类别 是否解除 解除日期
    """,
    "wage-arrears": """
        单位名称 统一社会信用代码 单位地址 法定代表人或主要负责人 法定代表人或主要负责人证件号码
        直接负责主管人员/其他直接责任人员 列入事由 拖欠人数 拖欠金额(元) 列入决定书文号 列入日期 期限届满日期
        移出日期
    """,
    "dishonest-debtors": """
        iname type sexy age cardNum businessEntity courtName areaName partyTypeName gistId regDate caseCode gistUnit
        duty performance performedPart unperformPart disruptTypeName publishDate CARDTYPE CARDNUMBER infoActionType
        reason
    """,
    "penalties": """
        行政相对人名称 行政相对人类别 行政相对人代码_1(统一社会信用代码) 行政相对人代码_2(工商注册号)
        行政相对人代码_3(组织机构代码) 法定代表人 证件类型(自然人) 证件号码(自然人) 行政处罚决定书文号
        违法行为类型 违法事实 处罚依据 处罚类别 处罚内容 罚款金额(万元) 没收违法所得、没收非法财物的金额(万元)
        暂扣或吊销证照名称及编号 处罚决定日期 处罚有效期 公示截止期 处罚机关 处罚机关统一社会信用代码
        数据来源单位 数据来源单位统一社会信用代码 备注
    """,
}

#: Source id to its columns. Those of the debtor list are keys as its public query site names them, in capitals those
#: of the sharing channel.
COLUMNS: dict[str, tuple[str, ...]] = {source: tuple(text.split()) for source, text in _TABLES.items()}
