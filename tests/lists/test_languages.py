"""Lists in other languages than Japanese and English, and names that are written in other ways."""

import pytest

from tests.lists.odd_lists import Odd, odd, read, understood

LANGUAGES = (
    odd(
        "german",
        """
Personalnr.;Name, Vorname;E-Mail (dienstlich);Abteilung;Vorgesetzte/r;Standort;Eintrittsdatum;Austrittsdatum;Gehalt
17;Müller, Jörg;joerg@de.example;Vertrieb;;Köln;01.04.2001;;4.500,00
18;von der Heide, Änne;aenne@de.example;Vertrieb;Müller, Jörg;Köln;01.05.2011;;3.200,50
19;Groß, Paul;paul@de.example;Einkauf;Müller, Jörg;Köln;01.05.2011;31.12.2024;3.100,00
""".replace("Name, Vorname", '"Name, Vorname"'),
        "17 | Jörg Müller | joerg@de.example | Vertrieb",
        "18 | Änne von der Heide | aenne@de.example | Vertrieb | 17",
        "19 | left",
    ),
    odd(
        "french",
        """
Matricule;Nom;Prénom;Adresse e-mail;Service;Responsable hiérarchique;Date d'entrée;Date de sortie
A12;Lefèvre;Zoé;zoe@fr.example;Comptabilité;;03/02/2010;
A13;d'Almeida;Jean-Luc;jl@fr.example;Comptabilité;Zoé Lefèvre;25/02/2010;
A14;Petit;Anne;anne@fr.example;Ventes;Zoé Lefèvre;25/02/2010;31/08/2025
""",
        "A12 | Zoé Lefèvre | zoe@fr.example | Comptabilité",
        "A13 | Jean-Luc d'Almeida | jl@fr.example | Comptabilité | A12",
        "A14 | left",
    ),
    odd(
        "spanish",
        """
Nº empleado,Nombre,Apellidos,Correo electrónico,Departamento,Jefe directo,Fecha de baja,Estado
1,José,Núñez Ávila,jose@es.example,Ventas,,,Activo
2,María del Mar,Gil,mar@es.example,Ventas,José Núñez Ávila,,Activo
3,Iñaki,Ruiz,inaki@es.example,Compras,,,Baja
""",
        "1 | José Núñez Ávila | jose@es.example | Ventas",
        "2 | María del Mar Gil | mar@es.example | Ventas | 1",
        "3 | left",
    ),
    odd(
        "italian",
        """
Matricola,Cognome,Nome,Email aziendale,Reparto,Responsabile
7,D'Angelo,Niccolò,nic@it.example,Produzione,
8,Rossi,Ada,ada@it.example,Produzione,Niccolò D'Angelo
""",
        "7 | Niccolò D'Angelo | nic@it.example | Produzione",
        "8 | Ada Rossi | ada@it.example | Produzione | 7",
    ),
    odd(
        "dutch",
        """
Personeelsnummer;Achternaam;Voornaam;E-mail;Afdeling;Leidinggevende
31;van den Berg;Sanne;sanne@nl.example;Inkoop;
32;de Vries;Daan;daan@nl.example;Inkoop;Sanne van den Berg
""",
        "31 | Sanne van den Berg | sanne@nl.example | Inkoop",
        "32 | Daan de Vries | daan@nl.example | Inkoop | 31",
    ),
    odd(
        "chinese",
        """
工号,姓名,部门,直属上级,工作邮箱,在职状态,入职日期
C01,王小明,研发部,,wang@cn.example,在职,2019-01-01
C02,欧阳 娜,研发部,王小明,ouyang@cn.example,在职,2020-01-01
C03,李强,市场部,王小明,li@cn.example,离职,2018-01-01
""",
        "C01 | 王小明 | wang@cn.example | 研发部",
        "C02 | 欧阳 娜 | ouyang@cn.example | 研发部 | C01",
        "C03 | left",
    ),
    odd(
        "korean",
        """
사번,성명,부서명,직속상사,이메일,재직상태
1001,김민수,영업팀,,kim@kr.example,재직
1002,남궁 아라,영업팀,김민수,ara@kr.example,재직
1003,박준,인사팀,김민수,park@kr.example,퇴사
""",
        "1001 | 김민수 | kim@kr.example | 영업팀",
        "1002 | 남궁 아라 | ara@kr.example | 영업팀 | 1001",
        "1003 | left",
    ),
    odd(
        "middle-names-and-suffixes",
        """
Employee ID,First Name,Middle Name,Last Name,Suffix,Work Email,Department
1,Mary Ann,Beth,O'Hara-Smith,,mary@mid.example,Legal
2,Luís,,da Silva Santos,Jr.,luis@mid.example,Legal
""",
        "1 | Mary Ann O'Hara-Smith | mary@mid.example | Legal",
        "2 | Luís da Silva Santos | luis@mid.example | Legal",
    ),
    odd(
        "bilingual-headings",
        """
社員番号 Employee No.,氏名 Name,所属 Department,メール E-mail,上司 Manager
1,髙橋 由美子,営業部 Sales,yumi@bi.example,
2,Emma Stone 🌸,営業部 Sales,emma@bi.example,髙橋 由美子
""",
        "1 | 髙橋 由美子 | yumi@bi.example | 営業部 Sales",
        "2 | Emma Stone 🌸 | emma@bi.example | 営業部 Sales | 1",
    ),
    odd(
        "names-in-two-scripts",
        """
社員番号,氏名,氏名（英語）,部署,部署（英語）,メール
1,髙橋 由美子,TAKAHASHI Yumiko,営業部,Sales,yumi@two.example
2,𠮷田 健,YOSHIDA Ken,営業部,Sales,ken@two.example
""",
        "1 | 髙橋 由美子 | yumi@two.example | 営業部",
        "2 | 𠮷田 健 | ken@two.example | 営業部",
    ),
    odd(
        "ids-with-case-and-signs",
        """
Emp#,Emp Name,Dept.,E-mail,Mgr,Loc
e-001/A,Ann Lee,QA,ann@sig.example,,HQ
E-002/B,Bob May,QA,bob@sig.example,E-001/A,HQ
""",
        "e-001/A | Ann Lee | ann@sig.example | QA",
        "E-002/B | Bob May | bob@sig.example | QA | e-001/A",
    ),
)


@pytest.mark.parametrize("one", LANGUAGES, ids=str)
def test_a_list_of_another_language_is_understood(one: Odd) -> None:
    assert understood(read(one)) == (one.people, one.asks, one.refused)
