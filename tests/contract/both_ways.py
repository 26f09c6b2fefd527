"""Both ways: what the library creates, a workspace declares word for word, and the plan must be empty; what
`trueup apply` creates from the same workspace, the library reads back, field by field."""

from harness import REPORT, Emulator, signed_in, trueup, workspace
from secrets_safe_library.constants import endpoints
from secrets_safe_library.mapping import users as user_fields

FLAGS = ["Read", "Create", "Edit", "Delete", "Share", "Manage"]  # All that can be granted on a safe.

DECLARED = """\
password_safe:
  users:
    maria:
      user_name: maria.s
      first_name: Maria
      last_name: Santos
      email: maria.s@example.org
      password: { env: VAULT_MARIA }
      active: true
      quarantined: false
    joao:
      user_name: joao.p
      first_name: João
      email: joao.p@example.org
      password: { env: VAULT_MARIA }
    bot:
      user_name: deploy-bot
      type: application
      access_policy: 2
  groups:
    operators:
      name: db-operators
      description: Operators of databases
      api_registrations: [1]
      members: [user.joao, user.maria]
      permissions: { Secrets Safe: full, User Accounts Management: read }
  safes:
    platform:
      name: platform-team
      description: Secrets of the platform team
      user_permissions:
        trueup-app: [read, create, edit, delete, share, manage]
        trueup: [read]
      group_permissions:
        group.operators: { flags: [read, edit], expires_on: 2031-01-31 }
  folders:
    databases: { name: databases, parent: safe.platform, description: Of every product }
    orders: { name: Orders & co, parent: folder.databases, description: Of the shop }
  secrets:
    orders-db:
      title: orders-db
      folder: folder.orders
      username: orders
      password: { env: VAULT_PASSWORD }
      description: The shop's own account
      notes: Ask the shop first
      urls: ["https://db.example.org", "https://replica.example.org/orders"]
      owners: [user.maria]
    licence:
      type: text
      title: Licence
      folder: folder.databases
      text: { env: VAULT_TEXT }
      description: Until 2031
      notes: Ask the vendor
      urls: ["https://licence.example.org"]
      owners: [group.operators]
    certificate:
      type: file
      title: tls certificate
      folder: safe.platform
      file_name: tls.pem
      content: { env: VAULT_CONTENT }
      description: Of the shop
      notes: Renewed in May
      urls: ["https://shop.example.org"]
      owners: [user.maria, group.operators]
"""

VALUES = {
    "VAULT_MARIA": "Long-enough-1!",
    "VAULT_PASSWORD": "p\"ä ss'wörd;]=\\{}<>&%20+€",
    "VAULT_TEXT": "first line\nsecond line: ünïcode ✓\n",
    "VAULT_CONTENT": "-----BEGIN NOTHING-----\r\nQUJD\n-----END NOTHING-----\n",
}


def create_by_library(theirs, folder):
    """Creates, through the library alone, what `DECLARED` declares; the ids by the names there."""
    made = {}
    maria = theirs.users.post_user_beyondinsight(
        "maria.s", "Maria", "maria.s@example.org", VALUES["VAULT_MARIA"], last_name="Santos"
    )
    made["maria"] = maria["UserID"]
    made["bot"] = theirs.users.post_user_application("deploy-bot", access_policy_id=2)["UserID"]
    known = {entry["Name"]: entry["PermissionID"] for entry in theirs.permissions.list()}
    levels = {entry["Name"]: entry["AccessLevelID"] for entry in theirs.levels.get_access_levels()}
    group = theirs.groups.post_usergroups_beyondinsight(
        "db-operators",
        "Operators of databases",
        is_active=True,
        permissions=[
            {"PermissionID": known["Secrets Safe"], "AccessLevelID": levels["Read/Write"]},
            {"PermissionID": known["User Accounts Management"], "AccessLevelID": levels["Read"]},
        ],
        application_registration_ids=[1],
    )
    made["operators"] = group["GroupID"]
    joao = theirs.users.post_user_usergroupid(
        group["GroupID"], "joao.p", "João", "joao.p@example.org", VALUES["VAULT_MARIA"]
    )
    made["joao"] = joao["UserID"]
    member = theirs.users.post_user_usergroup(made["maria"], made["operators"])
    REPORT.mapped("a new membership", member, user_fields, endpoints.POST_USERS_ID_USERGROUPS_USERGROUPID)

    safe = theirs.safes.create_safe("platform-team", "Secrets of the platform team")["Id"]
    made["platform"] = safe
    theirs.grants.update_safe_permissions(safe, 0, theirs.users.get_users(username="trueup")["UserID"], ["Read"])
    theirs.grants.update_safe_permissions(safe, 1, made["operators"], ["Read", "Edit"], "2031-01-31T00:00:00")
    made["databases"] = theirs.folders.create_folder("databases", safe, "Of every product")["Id"]
    made["orders"] = theirs.folders.create_folder("Orders & co", made["databases"], "Of the shop")["Id"]

    def user(name):
        return {"user_id": made[name], "name": "", "email": ""}

    # Library: its validator demands a `user_id` of every owner, of a group too (`owners_v31`), and sends both. What
    # the pages call "UserId or GroupId" is then a group's entry, as the vendor's Terraform provider sends it as well.
    operators = {"group_id": made["operators"], "user_id": made["maria"]}
    made["orders-db"] = theirs.secrets.create_secret(
        title="orders-db",
        folder_id=made["orders"],
        username="orders",
        password=VALUES["VAULT_PASSWORD"],
        description="The shop's own account",
        notes="Ask the shop first",
        urls=[{"url": "https://db.example.org"}, {"url": "https://replica.example.org/orders"}],
        owners=[user("maria")],
    )["Id"]
    made["licence"] = theirs.secrets.create_secret(
        title="Licence",
        folder_id=made["databases"],
        text=VALUES["VAULT_TEXT"],
        description="Until 2031",
        notes="Ask the vendor",
        urls=[{"url": "https://licence.example.org"}],
        owners=[operators],
    )["Id"]
    path = folder / "tls.pem"
    path.write_bytes(VALUES["VAULT_CONTENT"].encode())
    made["certificate"] = theirs.secrets.create_secret(
        title="tls certificate",
        folder_id=safe,
        file_path=str(path),
        description="Of the shop",
        notes="Renewed in May",
        urls=[{"url": "https://shop.example.org"}],
        owners=[user("maria"), operators],
    )["Id"]
    return made


def no_changes(name, binary, emulator, folder, values=VALUES):
    code, text = trueup(binary, emulator, "plan", str(folder), "--detailed-exitcode", values=values)
    REPORT.check(name, code == 0 and "No changes." in text, f"exit {code}:\n{text}")


def one_change(name, binary, emulator, folder, address, values=VALUES):
    code, text = trueup(binary, emulator, "plan", str(folder), "--detailed-exitcode", values=values)
    only = "Plan: 0 to add, 1 to change, 0 to destroy." in text and f"# password_safe.{address} will be updated" in text
    shown = [value for value in VALUES.values() if value in text]
    REPORT.check(name, code == 2 and only and not shown, f"exit {code}:\n{text}")


def library_writes(binary, folder):
    place = workspace(folder / "declared", state=DECLARED)
    with Emulator(binary, workspace(folder / "library")) as emulator:
        with REPORT.part("what the library creates, trueup finds as it is declared"):
            theirs = signed_in(emulator)
            made = create_by_library(theirs, folder)
            REPORT.check("the library signs out", theirs.auth.sign_app_out() is True)
            no_changes("a plan of the same says No changes.", binary, emulator, place)
            for value, address in [
                ("VAULT_PASSWORD", "secret.orders-db"),
                ("VAULT_TEXT", "secret.licence"),
                ("VAULT_CONTENT", "secret.certificate"),
            ]:
                other = {**VALUES, value: "something else"}
                name = f"a plan sees another value of {address}"
                one_change(name, binary, emulator, place, address, other)
        with REPORT.part("what the library changes, trueup sees and puts right"):
            theirs = signed_in(emulator)
            theirs.secrets.update_secret(
                made["orders-db"],
                folder_id=made["orders"],
                title="orders-db",
                username="orders",
                password="changed by hand",
                owners=[{"user_id": made["maria"]}],
                description="The shop's own account",
                notes="Ask the shop first",
                urls=[{"url": "https://db.example.org"}, {"url": "https://replica.example.org/orders"}],
            )
            one_change("a plan sees a changed password", binary, emulator, place, "secret.orders-db")
            code, text = trueup(binary, emulator, "apply", str(place), "--yes", values=VALUES)
            REPORT.check("apply puts it right", code == 0, f"exit {code}:\n{text}")
            theirs = signed_in(emulator)
            seen = theirs.secrets.get_secret("platform-team/databases/Orders & co/orders-db")
            REPORT.same("the library reads the declared password again", seen, VALUES["VAULT_PASSWORD"])
            theirs.safes.update_safe(made["platform"], "platform-team", "Changed by hand")
            one_change("a plan sees a changed description", binary, emulator, place, "safe.platform")


def trueup_writes(binary, folder):
    place = workspace(folder / "applied", state=DECLARED)
    with Emulator(binary, workspace(folder / "served"), "--tls") as emulator:
        with REPORT.part("what trueup creates, the library reads, over TLS"):
            REPORT.check("the emulator speaks TLS", emulator.url.startswith("https://127.0.0.1:"), emulator.url)
            code, text = trueup(binary, emulator, "apply", str(place), "--yes", values=VALUES)
            REPORT.check("apply creates everything", code == 0, f"exit {code}:\n{text}")
            for by in ["oauth", "key"]:
                theirs = signed_in(emulator, by=by)
                read_by_library(theirs, by)
                REPORT.check(f"the library signs out ({by})", theirs.auth.sign_app_out() is True)
            no_changes("a second plan says No changes.", binary, emulator, place)


def read_by_library(theirs, by):
    """Compares everything that `DECLARED` declares with what the library reads."""

    def fields(name, seen, **wanted):
        REPORT.fields(f"{name} ({by})", seen, wanted)

    found = {user["UserName"]: user for user in theirs.users.get_users()}
    fields(
        "user maria",
        found.get("maria.s", {}),
        FirstName="Maria",
        LastName="Santos",
        EmailAddress="maria.s@example.org",
        IsActive=True,
        IsQuarantined=False,
        UserType="BeyondInsight",
    )
    fields("user joao", found.get("joao.p", {}), FirstName="João", EmailAddress="joao.p@example.org")
    fields("user bot", found.get("deploy-bot", {}), UserType="Application", AccessPolicyID=2)
    group = theirs.groups.get_usergroups_by_name("db-operators")
    fields(
        "group operators",
        group,
        Name="db-operators",
        Description="Operators of databases",
        GroupType="BeyondInsight",
        ApplicationRegistrationIDs=[1],
    )
    members = theirs.users.get_users_by_usergroup_id(group["GroupID"])
    names = sorted(member["UserName"] for member in members)
    REPORT.same(f"members of operators ({by})", names, ["joao.p", "maria.s"])
    known = {entry["PermissionID"]: entry["Name"] for entry in theirs.permissions.list()}
    levels = {entry["AccessLevelID"]: entry["Name"] for entry in theirs.levels.get_access_levels()}
    given = {
        known[entry["PermissionID"]]: levels[entry["AccessLevelID"]]
        for entry in theirs.permissions.get_usergroup_permissions(group["GroupID"])
        if entry["AccessLevelID"]
    }
    wanted = {"Secrets Safe": "Read/Write", "User Accounts Management": "Read"}
    REPORT.same(f"permissions of operators ({by})", given, wanted)

    safe = next((safe for safe in theirs.safes.list() if safe["Name"] == "platform-team"), {})
    fields("safe platform", safe, Description="Secrets of the platform team")
    # Whoever is not declared has none.
    ids = {(0, found["trueup-app"]["UserID"]): "trueup-app", (0, found["trueup"]["UserID"]): "trueup"}
    ids[(1, group["GroupID"])] = "operators"
    grants = {}
    for grant in theirs.grants.get_safe_permissions(safe["Id"]):
        who = ids.get((grant["PrincipalType"], grant["PrincipalID"]), "somebody else")
        grants[who] = (sorted(grant["PermissionFlags"]), grant["ExpiresOn"])
    wanted = {
        "trueup-app": (sorted(FLAGS), None),
        "trueup": (["Read"], None),
        "operators": (["Edit", "Read"], "2031-01-31T00:00:00"),
    }
    REPORT.same(f"permissions of the safe ({by})", grants, wanted)
    tree = {entry["Name"]: entry for entry in theirs.folders.list_folders(folder_path="platform-team")}
    databases = tree.get("databases", {})
    fields("folder databases", databases, ParentId=safe["Id"], Description="Of every product")
    fields("folder orders", tree.get("Orders & co", {}), ParentId=databases["Id"], Description="Of the shop")

    def owners(secret):
        entries = secret["Owners"]
        return sorted(("group" if it["GroupId"] else "user", it["GroupId"] or it["UserId"]) for it in entries)

    def urls(secret):
        return sorted(url["Url"] for url in secret["Urls"])

    maria, operators = ("user", found["maria.s"]["UserID"]), ("group", group["GroupID"])
    for path, wanted, its_owners, its_urls, value in [
        (
            "platform-team/databases/Orders & co/orders-db",
            {
                "Username": "orders",
                "Description": "The shop's own account",
                "Notes": "Ask the shop first",
                "SecretType": "Credential",
            },
            [maria],
            ["https://db.example.org", "https://replica.example.org/orders"],
            "VAULT_PASSWORD",
        ),
        (
            "platform-team/databases/Licence",
            {"Description": "Until 2031", "Notes": "Ask the vendor", "SecretType": "Text"},
            [operators],
            ["https://licence.example.org"],
            "VAULT_TEXT",
        ),
        (
            "platform-team/tls certificate",
            {
                "FileName": "tls.pem",
                "Description": "Of the shop",
                "Notes": "Renewed in May",
                "SecretType": "File",
            },
            [operators, maria],
            ["https://shop.example.org"],
            "VAULT_CONTENT",
        ),
    ]:
        folder, _, title = path.rpartition("/")
        read = theirs.secrets.get_secret_with_metadata(path)
        secret = read[f"{path}-metadata"]
        fields(title, secret, Title=title, FolderPath=folder, Folder=folder.rpartition("/")[2], **wanted)
        REPORT.same(f"{title}: owners ({by})", owners(secret), its_owners)
        REPORT.same(f"{title}: urls ({by})", urls(secret), its_urls)
        REPORT.same(f"{title}: value ({by})", read[path], VALUES[value])
