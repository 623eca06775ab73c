"""Exports of HR systems and directories that are not among the shared lists."""

import pytest

from shadowing.lists.people import Acquainted
from tests.lists.odd_lists import ADMITTED, Odd, odd, read, understood

SYSTEMS = (
    odd(
        "kaonavi",
        """
社員番号,氏名,フリガナ,メールアドレス,所属コード,所属,役職,入社日,退職日,性別,生年月日,雇用形態
K001,髙橋 由美子,タカハシ ユミコ,yumi@kao.example,100,営業本部,部長,2001/04/01,,女,1979/02/03,正社員
K002,𠮷田 健,ヨシダ ケン,ken@kao.example,110,第一営業課,,2020/04/01,2026/03/31,男,1997/12/01,正社員
K003,﨑山 さくら,サキヤマ サクラ,saku@kao.example,110,第一営業課,,2021/10/01,2027/03/31,女,1999/05/05,契約社員
""",
        "K001 | 髙橋 由美子 | yumi@kao.example | 営業本部",
        "K002 | left",
        "K003 | 﨑山 さくら | saku@kao.example | 第一営業課",
    ),
    odd(
        "talent-palette",
        """
"従業員ID","氏名_姓","氏名_名","氏名カナ_姓","氏名カナ_名","会社メールアドレス","組織_第1階層","組織_第2階層","組織_第3階層","上長社員番号"
"00012","森","花","モリ","ハナ","hana@tp.example","本社","技術部","基盤課",""
"00013","林","大","ハヤシ","ダイ","dai@tp.example","本社","技術部","","00012"
""",
        "00012 | 森 花 | hana@tp.example | 基盤課",
        "00013 | 林 大 | dai@tp.example | 技術部 | 00012",
        asks=["組織_第1階層/組織_第2階層/組織_第3階層"],
    ),
    odd(
        "hrmos",
        """
社員番号,姓,名,姓（フリガナ）,名（フリガナ）,メールアドレス,部署1,部署2,役職1,在籍状況,入社年月日,退職年月日
1,田中,一,タナカ,ハジメ,t1@hr.example,管理部,,部長,在籍,2010/04/01,
2,佐藤,二,サトウ,フタツ,t2@hr.example,営業部,管理部,,休職,2012/04/01,
3,鈴木,三,スズキ,サン,t3@hr.example,営業部,,,退職,2015/04/01,2025/01/31
""",
        "1 | 田中 一 | t1@hr.example | 管理部",
        "2 | 佐藤 二 | t2@hr.example | 管理部 | away",
        "3 | left",
        asks=["部署1/部署2", "休職"],
    ),
    odd(
        "obic7",
        """
社員コード,社員氏名,社員カナ氏名,所属部門コード,所属部門名,役職コード,役職名,E-MAIL,社員区分,退職年月日
000101,山田　太郎,ﾔﾏﾀﾞ ﾀﾛｳ,0010,総務部,01,部長,taro@obic.example,01:正社員,
000102,山本　花子,ﾔﾏﾓﾄ ﾊﾅｺ,0020,経理部,99,,hanako@obic.example,01:正社員,20200331
""",
        "000101 | 山田 太郎 | taro@obic.example | 総務部",
        "000102 | left",
    ),
    odd(
        "company-works",
        """
法人コード,職員番号,漢字氏名,カナ氏名,発令所属コード,発令所属名称,E-Mailアドレス,勤務地名称,在職区分
01,100200,小林 光,コバヤシ ヒカル,A10,第一事業部,kobayashi@co.example,大阪,1:在職
01,100201,渡邉 恵,ワタナベ メグミ,A10,第一事業部,watanabe@co.example,東京,9:退職
""",
        "100200 | 小林 光 | kobayashi@co.example | 第一事業部",
        "100201 | left",
    ),
    odd(
        "powercms-garoon-users",
        """
user_code,ログイン名,表示名,よみがな,ロケール,優先する組織,E-mail,在職情報,削除フラグ
u1,u1,青木 真,あおき まこと,ja,開発部,aoki@ga.example,1,0
u2,u2,赤井 望,あかい のぞみ,ja,開発部,akai@ga.example,1,0
""",
        "u1 | 青木 真 | aoki@ga.example | 開発部",
        "u2 | 赤井 望 | akai@ga.example | 開発部",
    ),
    odd(
        "office-station",
        """
従業員番号,氏名（姓）,氏名（名）,氏名カナ（姓）,氏名カナ（名）,個人番号,生年月日,雇用年月日,離職年月日,部署名,メールアドレス,郵便番号
7,川上,薫,カワカミ,カオル,,S60.4.1,H20.4.1,,工務部,kawakami@os.example,100-0001
8,川下,渚,カワシモ,ナギサ,,S61.4.1,H21.4.1,R7.3.31,工務部,kawashimo@os.example,100-0002
""",
        "7 | 川上 薫 | kawakami@os.example | 工務部",
        "8 | left",
    ),
    odd(
        "workday-manager-last-first",
        """
Employee ID,Legal Name - Last Name,Legal Name - First Name,Email - Work,Supervisory Organization,Worker's Manager,Termination Date
21001,O'Neil,Siobhán,siobhan@wd.example,Platform,"de la Cruz, Ana María",
21002,de la Cruz,Ana María,ana@wd.example,Platform,,
21003,van der Berg,Jan,jan@wd.example,Data,"de la Cruz, Ana María",2024-10-31
""",
        "21001 | Siobhán O'Neil | siobhan@wd.example | Platform | 21002",
        "21002 | Ana María de la Cruz | ana@wd.example | Platform",
        "21003 | left",
    ),
    odd(
        "hibob",
        """
Display name,Email,Department,Site,Reports to,Reports to email,Start date,Employment status,Employee ID in company
Ana Souza,ana@bob.example,Finance,Lisbon,,,01/02/2020,Active,11
Rui Pinto,rui@bob.example,Finance,Lisbon,Ana Souza,ana@bob.example,15/03/2021,Active,12
Eva Cruz,eva@bob.example,Legal,Porto,Ana Souza,ana@bob.example,15/03/2021,Terminated,13
""",
        "11 | Ana Souza | ana@bob.example | Finance",
        "12 | Rui Pinto | rui@bob.example | Finance | 11",
        "13 | left",
    ),
    odd(
        "adp",
        """
"Associate ID","Payroll Name","Work Contact: Work Email","Home Department Name","Reports To Name","Position Status"
"A1B2C3","Doe, Jane Q.","jane@adp.example","Sales","","Active"
"A1B2C4","Roe, Rick","rick@adp.example","Sales","Doe, Jane Q.","Active"
"A1B2C5","Poe, Pat","pat@adp.example","Ops","Doe, Jane Q.","Terminated"
""",
        "A1B2C3 | Jane Q. Doe | jane@adp.example | Sales",
        "A1B2C4 | Rick Roe | rick@adp.example | Sales | A1B2C3",
        "A1B2C5 | left",
    ),
    odd(
        "ukg",
        """
Employee Number,Preferred Name,Last Name,First Name,MI,Email Address,Org Level 1 Desc,Supervisor Name,Employment Status Code
0041,Bill,Hart,William,J,bill@ukg.example,Plant A,"Moss, Kim",A
0042,,Moss,Kim,,kim@ukg.example,Plant A,,A
0043,,Gone,Ed,,ed@ukg.example,Plant B,"Moss, Kim",T
""",
        "0041 | William Hart | bill@ukg.example | Plant A | 0042",
        "0042 | Kim Moss | kim@ukg.example | Plant A",
        "0043 | left",
    ),
    odd(
        "successfactors",
        """
STATUS,USERID,USERNAME,FIRSTNAME,LASTNAME,MI,GENDER,EMAIL,MANAGER,HR,DEPARTMENT,JOBCODE,DIVISION,LOCATION,TIMEZONE,HIREDATE
active,10001,mlee,Min,Lee,,F,mlee@sf.example,NO_MANAGER,10009,Research,RD1,Labs,Seoul,Asia/Seoul,01/05/2015
active,10002,jkim,Jun,Kim,,M,jkim@sf.example,10001,10009,Research,RD1,Labs,Seoul,Asia/Seoul,01/05/2018
inactive,10003,xold,Xo,Old,,M,xold@sf.example,10001,10009,Research,RD1,Labs,Seoul,Asia/Seoul,01/05/2012
""",
        "10001 | Min Lee | mlee@sf.example | Research",
        "10002 | Jun Kim | jkim@sf.example | Research | 10001",
        "10003 | left",
    ),
    odd(
        "odoo",
        """
Employee Name,Work Email,Work Phone,Department/Complete Name,Job Position,Manager,Badge ID,Active
Lena Groß,lena@odoo.example,+49 30 1234,Management / Research,CTO,,0417,True
Tom Ito,tom@odoo.example,+49 30 1235,Management / Sales,Dev,Lena Groß,0418,True
""",
        "0417 | Lena Groß | lena@odoo.example | Research",
        "0418 | Tom Ito | tom@odoo.example | Sales | 0417",
        asks=["Department/Complete Name"],
    ),
    odd(
        "okta",
        """
login,firstName,lastName,middleName,email,secondEmail,displayName,employeeNumber,department,managerId,manager,status,mobilePhone
a@ok.example,Ada,Byrne,,a@ok.example,x@home.example,Ada Byrne,501,Eng,,,ACTIVE,+1 555
b@ok.example,Bo,Chen,,b@ok.example,,Bo Chen,502,Eng,501,Ada Byrne,ACTIVE,
c@ok.example,Cy,Dunn,,c@ok.example,,Cy Dunn,503,Eng,501,Ada Byrne,DEPROVISIONED,
""",
        "501 | Ada Byrne | a@ok.example | Eng",
        "502 | Bo Chen | b@ok.example | Eng | 501",
        "503 | left",
    ),
    odd(
        "entra",
        """
userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled,usageLocation,companyName
ono@en.example,小野 空,小野,ono@en.example,空,0d3f6f0e-8f3f-4c55-9a51-0a4f1e9c6a01,Member,,物流部,True,JP,Aoi
oka@en.example,岡 海,岡,oka@en.example,海,0d3f6f0e-8f3f-4c55-9a51-0a4f1e9c6a02,Member,,物流部,False,JP,Aoi
""",
        "0d3f6f0e-8f3f-4c55-9a51-0a4f1e9c6a01 | 小野 空 | ono@en.example | 物流部",
        "0d3f6f0e-8f3f-4c55-9a51-0a4f1e9c6a02 | left",
    ),
    odd(
        "rippling",
        """
Employee number,Full name,Work email,Personal email,Department,Hierarchy,Manager,Manager - Work email,Employment status
1,Kai Moana,kai@rip.example,k@home.example,Support,Ops > Support,,,ACTIVE
2,Tia Rangi,tia@rip.example,t@home.example,Support,Ops > Support,Kai Moana,kai@rip.example,ACTIVE
""",
        "1 | Kai Moana | kai@rip.example | Support",
        "2 | Tia Rangi | tia@rip.example | Support | 1",
    ),
    odd(
        "gusto",
        """
Last name,First name,Email,Department,Manager,Job title,Status,Start date,Employee ID
Ng,Amy,amy@gus.example,Design,,Lead,Active,2020-01-01,
Fox,Ben,ben@gus.example,Design,Amy Ng,,Active,2021-01-01,
""",
        "amy@gus.example | Amy Ng | amy@gus.example | Design",
        "ben@gus.example | Ben Fox | ben@gus.example | Design | amy@gus.example",
        asks=["id"],
    ),
    odd(
        "kintone",
        """
"レコード番号","社員番号","氏名","ふりがな","所属部署","上長","メールアドレス","ステータス","作成者","更新日時"
"12","E-12","東 陽子","ひがし ようこ","品質保証部","西 一郎","higashi@kt.example","承認済","admin","2026/10/01 10:00"
"11","E-11","西 一郎","にし いちろう","品質保証部","","nishi@kt.example","承認済","admin","2026/10/01 10:00"
""",
        "E-12 | 東 陽子 | higashi@kt.example | 品質保証部 | E-11",
        "E-11 | 西 一郎 | nishi@kt.example | 品質保証部",
    ),
    odd(
        "yayoi-kyuyo",
        """
[弥生給与 従業員一覧],,,,,
出力日:,2026/11/01,,,,
従業員No.,従業員名,従業員名フリガナ,事業所名,部門名,Eメール,就業状態
1,天野 月,アマノ ツキ,本店,販売,amano@ya.example,在職
2,星野 光,ホシノ ヒカリ,本店,販売,hoshino@ya.example,退職
""",
        "1 | 天野 月 | amano@ya.example | 販売",
        "2 | left",
    ),
    odd(
        "king-of-time",
        """
従業員コード,姓,名,所属コード,所属名,雇用区分コード,雇用区分名,メールアドレス1,メールアドレス2,入社年月日,退職年月日,タイムレコーダーに表示する名前
0001,石川,遼,100,製造一課,1,正社員,ishi@kot.example,,20200401,,石川
0002,岩手,修,100,製造一課,9,派遣,iwate@kot.example,,20200401,20261130,岩手
""",
        "0001 | 石川 遼 | ishi@kot.example | 製造一課",
        "0002 | 岩手 修 | iwate@kot.example | 製造一課",
    ),
    odd(
        "google-groups-members",
        """
Group Email [Required],Member Email,Member Name,Member Role,Member Type
all@gg.example,a@gg.example,Abe Ito,MEMBER,USER
all@gg.example,b@gg.example,Bea Ota,OWNER,USER
""",
        asks=["id"],
        refused=[0],
    ),
    odd(
        "payroll-with-accounts-and-phones",
        """
社員番号,氏名,内線,携帯番号,社員証番号,メールアドレス,部署,銀行口座番号
21,海野 凪,5001,090-0000-0001,88000021,umino@pay.example,企画室,1234567
22,山野 岳,5002,090-0000-0002,88000022,yamano@pay.example,企画室,7654321
""",
        "21 | 海野 凪 | umino@pay.example | 企画室",
        "22 | 山野 岳 | yamano@pay.example | 企画室",
    ),
)


@pytest.mark.parametrize("known", [Acquainted(), ADMITTED], ids=["empty", "after-admin"])
@pytest.mark.parametrize("one", SYSTEMS, ids=str)
def test_a_list_of_a_system_is_understood_or_asks(one: Odd, known: Acquainted) -> None:
    assert understood(read(one, known)) == (one.people, one.asks, one.refused)
