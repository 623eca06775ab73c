"""Headings of lists in German, French, Spanish, Italian, Portuguese, Dutch, Chinese and Korean, by the value of what they mean.

Written as `headings.plain` leaves them: without accents, blanks and hyphens."""

WORDS: tuple[tuple[str, str], ...] = (
    (
        "id",
        r"(numero|num|n|no)?(de)?matricule|matricola|legajo|(numero|codigo|n)(de|º|o)?(empleado|trabajador|colaborador|funcionario)"
        r"|matricula|personeelsnummer|medewerkernummer|mitarbeiterkennung|工号|工號|(员工|員工|职工|人员)(编号|編號|号|工号|代码)"
        r"|사번|(사원|직원|임직원)(번호|코드)",
    ),
    ("family", r"nomdefamille|nombredefamilia|cognome|sobrenome|achternaam|familiennahme|zuname|primerapellido"),
    ("given", r"nombres?|nome|voornaam|rufname"),
    (
        "name",
        r"namevorname|nachnamevorname|vornamename|vorundnachname|vornamenachname|nomcomplet|nom(et)?prenoms?|prenoms?(et)?nom"
        r"|nombrecompleto|nombrey?apellidos?|apellidosy?nombres?|nomecompleto|cognomeenome|nomeecognome|volledigenaam"
        r"|员工姓名|員工姓名|中文名|성명|이름|사원명|직원명|성함",
    ),
    (
        "mail",
        r"(firmen|dienstliche|geschaftliche|berufliche)e?mail(adresse)?|adresse(de)?(e?mail|courriel|messagerie|electronique)(professionnelle)?"
        r"|courriel(professionnel)?|e?mail(pro|professionnel(le)?|aziendale|corporativo|laboral)|correo(electronico|corporativo|laboral|de(la)?empresa)*"
        r"|emailcorporativo|postaelettronica|eposta|(工作|企业|公司|电子|電子)*(邮箱|郵箱|邮件|郵件)(地址)?|(회사|업무용?)?(이메일|메일|전자우편)(주소)?",
    ),
    (
        "department",
        r"(nomdu)?(service|departement|direction|pole)|bereich|fachbereich|organisationseinheit|area|departamento|seccion|reparto|ufficio"
        r"|setor|afdeling|(所属|所在|一级|二级|三级)?部门(名称)?|(소속)?(부서|팀|부문)(명)?|소속",
    ),
    (
        "manager",
        r"(direkter|disziplinarischer)?vorgesetzter?|vorgesetzte\w*|fuhrungskraft|teamleiter|responsable(hierarchique|direct)?"
        r"|superieur(hierarchique|direct)?|(n1|n\+1)|jefe(directo|inmediato)?|superiorinmediato|responsabile|gestor(direto)?"
        r"|leidinggevende|(直属|直接|汇报)?(上级|上級|主管|经理|领导)(姓名)?|汇报对象|(직속)?(상사|상급자|관리자|매니저)(명)?",
    ),
    (
        "site",
        r"(site|lieu)(detravail|daffectation)?|sede|centrodetrabajo|oficina|arbeitsort|dienstort|vestiging|(办公|工作)(地点|地|城市)|근무지|사업장",
    ),
    (
        "left_on",
        r"date(de)?(sortie|depart|fin(decontrat)?)|fecha(de)?(baja|salida|egreso|finalizacion)|data(di)?(uscita|cessazione)"
        r"|datadesaida|datadedesligamento|datumuitdienst|austrittam|ausgeschiedenam|离职(日期|时间)|離職日期|(퇴사|퇴직)(일|일자|년월일)",
    ),
    (
        "status",
        r"statut|estado(laboral)?|situacion|stato|situacao|(员工|在职|人员)?状态|(재직|근무)(상태|여부|구분)|상태",
    ),
)
