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
    "voting-arrangements": """
        标的企业名称 标的企业统一社会信用代码 安排类型 协议编号 成员名称 成员代码 成员证件号码 受托人名称 受托人代码
        受托人证件号码 表决权比例(%) 起 止
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
    "licences": """
        XK_XDR_MC XK_XDR_LB XK_XDR_SHXYM XK_XDR_GSZC XK_FRDB XK_XDR_ZJLX XK_XDR_ZJHM XK_XKWS XK_WSH XK_XKLB XK_XKZS
        XK_XKBH XK_NR XK_JDRQ XK_YXQZ XK_YXQZI XK_XKJG XK_XKJGDM XK_ZT XK_LYDW XK_LYDWDM BZ
    """,
    "abnormal-operations": """
        企业名称 统一社会信用代码 列入原因 列入日期 作出决定机关(列入) 移出原因 移出日期 作出决定机关(移出)
    """,
    "serious-violations": """
        主体名称 统一社会信用代码/证件号 类别 列入原因 列入日期 列入决定机关 列入决定书文号 关联处罚文书号 移出原因
        移出日期 移出决定机关
    """,
    "tax-serious": """
        纳税人名称 纳税人识别号 信息类别 案件性质 主要违法事实 法定代表人 法定代表人证件号码 负有直接责任的中介机构
        欠税金额(元) 处理处罚情况 公布日期 停止公布日期 阻止出境通知书文号 阻止出境对象 阻止出境对象证件号码
    """,
    "red-list": """
        主体名称 主体代码 荣誉/红名单名称 认定单位 认定依据 认定文号 认定日期 有效期至 取消日期 取消原因
    """,
    "intermediaries": """
        机构名称 统一社会信用代码 中介类别 资质/许可证名称 资质等级 资质证号 发证机关 有效期 法定代表人/负责人
        服务事项 评价等级
    """,
    "practitioners": """
        姓名 证件类型 证件号码 职业类别 执业/资格证号 资格级别 发证/注册机关 首次注册日期 有效期至 执业机构
        执业机构代码 注册状态 年度考核
    """,
    "engagements": """
        报告编号 业务类型 机构名称 机构统一社会信用代码 执业人员 执业人员证号 委托单位 委托单位统一社会信用代码
        出具日期 项目名称 报告结论
    """,
    "commitments": """
        承诺编码 承诺主体名称 承诺主体代码 承诺类型 承诺事由 承诺内容 违诺责任 承诺受理单位 承诺受理单位代码
        承诺作出日期 承诺有效期 公开类型 履约践诺情况 履约认定日期
    """,
    "repairs": """
        申请编号 申请主体名称 申请主体代码 拟修复信息类别 关联记录文号 失信程度 受理渠道 认定单位 收到日期 受理日期
        办结日期 决定 不予理由 终止公示日期 停止共享日期 解除惩戒日期
    """,
    "objections": """
        异议编号 申请人 申请人代码 申请人身份 异议记录文号 异议记录来源 异议类型 提交时间 受理单位 核查单位 期限
        处理结果 答复时间
    """,
}

#: Source id to its columns. Those of the debtor list are keys as its public query site names them, in capitals those
#: of the sharing channel.
COLUMNS: dict[str, tuple[str, ...]] = {source: tuple(text.split()) for source, text in _TABLES.items()}
