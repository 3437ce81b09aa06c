"""Which codes a role gives, and who may do what (§1.1, §2.2; recordings profile-permissions-*).

The tables are packed: `app: letters model…; letters model…`, where v, a, c, d stand for view, add, change,
delete and a verb with `!` for itself.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jmstui.demo.records import Org, User

ROOT = "00000000-0000-0000-0000-000000000000"
DEFAULT = "00000000-0000-0000-0000-000000000002"
SYSTEM = "00000000-0000-0000-0000-000000000004"

# Name: (last digits of the built-in id, the label in v4.10). v3.10 shows the name itself (§14).
ROLES = {
    "SystemAdmin": (1, "System Admin"),
    "SystemAuditor": (2, "System Auditor"),
    "User": (3, "User"),
    "OrgAdmin": (5, "Organization admin"),
    "OrgAuditor": (6, "Organization auditor"),
    "OrgUser": (7, "Organization user"),
}

_USER = """
assets: match! asset node
authentication: expire! connectiontoken; reuse! connectiontoken; va connectiontoken; vac temptoken; vacd
  accesskey passkey sshkey
ops: v celerytaskexecution; va jobexecution; vacd adhoc job playbook
orgs: v alljoinedorg
perms: v myassets
rbac: v filemanager webterminal workbench
tickets: v ticket
users: match! user
"""
_AUDITOR = """
assets: v asset
audits: offline! usersession; v activitylog joblog operatelog passwordchangelog userloginlog usersession;
  vac ftplog; vacd integrationapplicationlog
rbac: v accountautomationreport accountstatisticsreport assetactivityreport assetstatisticsreport audit
  userchangepasswordreport userloginreport
terminal: download! sessionreplay; monitor! session; terminate! session; v sessionreplay; va command; vac
  session; validate! sessionactionperm
users: v user
"""
_SYSTEM_AUDITOR = """
orgs: v rootorg
terminal: v commandstorage
"""
_ORG_ADMIN = """
accounts: push! account; remove! account; v accountactivity accountsecret accountsession
  accounttemplatesecret changesecretrecord checkaccountengine pushsecretrecord; va backupaccountexecution
  changesecretexecution checkaccountexecution gatheraccountsexecution pushaccountexecution; vacd account
  accounttemplate backupaccountautomation changesecretautomation checkaccountautomation
  gatheraccountsautomation integrationapplication pushaccountautomation; vc virtualaccount; vcd accountrisk;
  vd gatheredaccount; verify! account
acls: vacd commandfilteracl commandgroup datamaskingrule loginassetacl
assets: c assetnodes; refresh! assethardwareinfo; test! assetconnectivity; v platform; vacd asset
  directoryservice gateway myasset node zone
audits: offline! usersession; v activitylog joblog operatelog passwordchangelog userloginlog usersession;
  vac ftplog; vacd integrationapplicationlog
authentication: vacd adminconnectiontoken
labels: vacd label labeledresource
ops: v celerytask; vacd variable
perms: v userassets; vacd assetpermission
rbac: v accountautomationreport accountstatisticsreport assetactivityreport assetstatisticsreport audit
  console contenttype orgrole pam permission role systemtools userchangepasswordreport userloginreport; vad
  orgrolebinding
settings: v chatprompt setting; vacd leakpasswords
terminal: a supersessionsharing; download! sessionreplay; monitor! session; terminate! session; upload!
  sessionreplay; v sessionreplay; va command; vac session sessionjoinrecord; vacd appprovider virtualapp
  virtualapppublication; validate! sessionactionperm
users: invite! user; remove! user; vac user; vacd preference usergroup
"""
_SYSTEM_ADMIN = """
acls: vacd connectmethodacl loginacl
assets: acd platform
authentication: v superconnectiontokensecret; va ssotoken superconnectiontoken
oauth2_provider: vd accesstoken
ops: v taskmonitor
orgs: v rootorg; vacd organization
rbac: acd orgrole role; vacd systemrole; vad systemrolebinding
settings: c announcement auth chatai clean email interface license ops other security sms
  systemmsgsubscription terminal ticket vault virtualapp
terminal: v terminalconfig; va status; vacd applet applethost applethostdeployment appletpublication
  commandstorage endpoint endpointrule replaystorage terminal; vc task
tickets: ac ticketsession; vac superticket; vc ticketflow
users: d user
"""
_SINCE_V4 = """
accounts: v accountactivity accountsession checkaccountengine pushsecretrecord; va backupaccountexecution
  checkaccountexecution; vacd backupaccountautomation checkaccountautomation integrationapplication; vcd
  accountrisk
acls: vacd datamaskingrule
assets: vacd directoryservice myasset zone
audits: vacd integrationapplicationlog
authentication: vacd adminconnectiontoken sshkey
oauth2_provider: vd accesstoken
ops: vacd variable
rbac: v accountautomationreport accountstatisticsreport assetactivityreport assetstatisticsreport pam
  userchangepasswordreport userloginreport
settings: vacd leakpasswords
"""
_UNTIL_V3 = """
accounts: ac gatheredaccount; ad virtualaccount; c accounttemplatesecret; va accountbackupexecution; vacd
  accountbackupautomation
assets: vacd custom domain gpt
settings: acd chatprompt
"""

_LETTERS = {"v": "view", "a": "add", "c": "change", "d": "delete"}
_GIVES = {
    "User": (_USER,),
    "OrgUser": (_USER,),
    "OrgAuditor": (_USER, _AUDITOR),
    "SystemAuditor": (_USER, _AUDITOR, _SYSTEM_AUDITOR),
    "OrgAdmin": (_USER, _ORG_ADMIN),
    "SystemAdmin": (_USER, _AUDITOR, _SYSTEM_AUDITOR, _ORG_ADMIN, _SYSTEM_ADMIN),
}
# What a role of v3.10 lacks besides _SINCE_V4, although v4.10 knew the code for other roles already.
_V3_LACKS = {
    "User": {"users.match_user"},
    "OrgUser": {"users.match_user"},
    "OrgAuditor": {"users.match_user", "assets.view_asset", "users.view_user"},
    "SystemAuditor": {"users.match_user", "assets.view_asset", "users.view_user"},
    "OrgAdmin": {"settings.view_setting"},
}


def unpack(table: str) -> frozenset[str]:
    """The codes (`assets.view_asset`) of a packed table."""
    codes: set[str] = set()
    app = ""
    for part in " ; ".join(table.replace("\n  ", " ").strip().splitlines()).split(";"):
        words = part.split()
        if words[0].endswith(":"):
            app = words.pop(0).rstrip(":")
        verb, *models = words
        verbs = [verb.rstrip("!")] if verb.endswith("!") else [_LETTERS[letter] for letter in verb]
        codes.update(f"{app}.{each}_{model}" for each in verbs for model in models)
    return frozenset(codes)


@cache
def role_perms(role: str, api: str) -> frozenset[str]:
    """The codes that a built-in role gives on a server of that version; none for an unknown role."""
    codes: frozenset[str] = frozenset().union(*(unpack(table) for table in _GIVES.get(role, ())))
    if not api.startswith("3."):
        return codes
    kept = codes - unpack(_SINCE_V4) - _V3_LACKS.get(role, set())
    return kept | unpack(_UNTIL_V3) if role in ("OrgAdmin", "SystemAdmin") else kept


def system_roles(user: User) -> list[str]:
    """The names of the user's roles on the whole server."""
    return user.roles.get("system", [])


def is_superuser(user: User) -> bool:
    """A system administrator passes every check."""
    return "SystemAdmin" in system_roles(user)


def perms_in(user: User, org_id: str, api: str) -> frozenset[str]:
    """The user's codes in an organization: in root by system roles only; none when inactive (§1.1)."""
    if not user.is_active:
        return frozenset()
    roles = list(system_roles(user))
    if org_id != ROOT:
        roles += user.roles.get(org_id, [])
    return frozenset().union(*(role_perms(role, api) for role in roles))


def joined(user: User) -> list[str]:
    """Ids of the organizations in which the user has a role."""
    return [key for key, names in user.roles.items() if key != "system" and names]


def orgs_by(user: User, code: str, orgs: list[Org], api: str, edition: str) -> list[Org]:
    """The organizations in which a role of the user gives `code`, root first where allowed (§2.2)."""
    wide = any(code in role_perms(role, api) for role in system_roles(user))
    found = [
        org
        for org in orgs
        if org.id != ROOT
        and (wide or any(code in role_perms(role, api) for role in user.roles.get(org.id, [])))
        and (edition != "community" or org.id == DEFAULT)
    ]
    found.sort(key=lambda org: org.name)
    root = [org for org in orgs if org.id == ROOT]
    return (root if found and "orgs.view_rootorg" in perms_in(user, ROOT, api) and wide else []) + found


def workbench_orgs(user: User, orgs: list[Org], edition: str) -> list[Org]:
    """The organizations that the user has joined (Default when none), behind "All organizations" (§2.2)."""
    mine = set(joined(user)) or {DEFAULT}
    if edition == "community":
        mine = {DEFAULT}
    return sorted(
        (org for org in orgs if org.id in mine and org.id not in (ROOT, SYSTEM)), key=lambda o: o.name
    )
