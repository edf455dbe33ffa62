"""Saved answers about KMS keys: a sound key, and each thing that deserves a warning beside it."""
import json

from ..registry import case
from ..world import REGION

ACCOUNT = "111122223333"
KEY = "arn:aws:kms:%s:%s:key/11111111-2222-3333-4444-555555555555" % (REGION, ACCOUNT)
TRAIL = "arn:aws:cloudtrail:%s:%s:trail/mgmt" % (REGION, ACCOUNT)
CONTEXT = "kms:EncryptionContext:aws:cloudtrail:arn"
ROLE = {"AWS": "arn:aws:iam::%s:role/auditor" % ACCOUNT}


def _statement(sid, principal, action, condition=None):
    made = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
    return made if condition is None else {**made, "Condition": condition}


class Answers:
    """What aws-cli saved of a key, and the statements of its policy by name."""

    def __init__(self):
        cloudtrail = {"Service": "cloudtrail.amazonaws.com"}
        self.key = {"AWSAccountId": ACCOUNT, "KeyId": KEY[-36:], "Arn": KEY, "CreationDate": "2026-01-01T00:00:00.123000+00:00",
                    "Enabled": True, "KeyUsage": "ENCRYPT_DECRYPT", "KeyState": "Enabled", "Origin": "AWS_KMS",
                    "KeyManager": "CUSTOMER", "KeySpec": "SYMMETRIC_DEFAULT", "MultiRegion": False}
        self.rotates = True
        self.grants = []
        self.policy = {
            "root": _statement("root", {"AWS": "arn:aws:iam::%s:root" % ACCOUNT}, "kms:*"),
            "encrypt": _statement("encrypt", cloudtrail, "kms:GenerateDataKey*", {
                "StringEquals": {"aws:SourceArn": TRAIL},
                "StringLike": {CONTEXT: "arn:aws:cloudtrail:*:%s:trail/*" % ACCOUNT}}),
            "describe": _statement("describe", cloudtrail, "kms:DescribeKey"),
            "readers": _statement("readers", ROLE, "kms:Decrypt", {"Null": {CONTEXT: "false"}}),
        }

    def files(self):
        policy = {"Version": "2012-10-17", "Statement": list(self.policy.values())}
        contents = {
            "describe-key": {"KeyMetadata": self.key},
            "get-key-policy": {"Policy": json.dumps(policy, indent=2), "PolicyName": "default"},
            "get-key-rotation-status": {"KeyRotationEnabled": self.rotates, "KeyId": KEY},
            "list-grants": {"Grants": self.grants, "Truncated": False},
        }
        return {"answers/%s.json" % name: json.dumps(value, indent=4).encode() for name, value in contents.items()}


def _case(slug, findings, why, notices=(), exit=0, strict=None, acceptance=None):
    """The decorated function changes the answers, and may return how the honest bucket is to be changed."""
    def register(change):
        @case(slug, exit, findings, why, notices=notices, strict=strict, acceptance=acceptance)
        def _(w):
            answers = Answers()
            change(w, answers)
            w.files.update({**answers.files(), **w.files})
            w.options = w.options + ["--kms-answers", "answers"]
        return change
    return register


@_case("kms-settings-sound", [], "the saved answers are of a key as it should be", strict=0, acceptance="P-01")
def _(w, answers):
    w.honest()


def _key(slug, finding, why, **members):
    @_case(slug, [finding], why, strict=1)
    def _(w, answers):
        answers.key.update(members)
        w.honest()


_key("kms-settings-key-disabled", "kms.key-disabled", "the key is disabled", KeyState="Disabled", Enabled=False)
_key("kms-settings-key-pending-deletion", "kms.key-pending-deletion", "the key will be deleted", KeyState="PendingDeletion",
     DeletionDate="2026-07-20T00:00:00.500000+00:00")
_key("kms-settings-key-unusable", "kms.key-unusable", "the key's store is not connected", KeyState="Unavailable")
_key("kms-settings-key-unsuitable", "kms.key-unsuitable", "the key is one that AWS manages", KeyManager="AWS")
_key("kms-settings-key-expires", "kms.key-expires", "the key's material was imported and expires", Origin="EXTERNAL",
     ExpirationModel="KEY_MATERIAL_EXPIRES", ValidTo="2027-01-01T00:00:00+00:00")


@_case("kms-settings-rotation-off", ["kms.rotation-off"], "the key is not rotated", strict=1)
def _(w, answers):
    answers.rotates = False
    w.honest()


@_case("kms-settings-rotation-impossible", [], "imported material cannot be rotated by KMS")
def _(w, answers):
    answers.rotates = False
    answers.key["Origin"] = "EXTERNAL"
    w.honest()


@_case("kms-settings-grant-decrypt", ["kms.grant-decrypt"], "a grant lets a role decrypt anything", strict=1)
def _(w, answers):
    answers.grants = [{"GranteePrincipal": ROLE["AWS"], "Operations": ["Decrypt"]}]
    w.honest()


def _policy(slug, findings, why, acceptance=None):
    def register(change):
        @_case(slug, findings, why, strict=1, acceptance=acceptance)
        def _(w, answers):
            change(answers.policy)
            w.honest()
    return register


@_policy("kms-policy-console", ["kms.policy-wide-decrypt"], "the policy that CloudTrail's console makes", "P-01")
def _(policy):
    policy["readers"] = _statement("decrypt", {"AWS": "*"}, ["kms:Decrypt", "kms:ReEncryptFrom"], {
        "StringEquals": {"kms:CallerAccount": ACCOUNT}, "StringLike": {CONTEXT: "arn:aws:cloudtrail:*:%s:trail/*" % ACCOUNT}})


@_policy("kms-policy-no-encrypt", ["kms.policy-no-encrypt"], "the encrypt statement is for another service")
def _(policy):
    policy["encrypt"]["Principal"] = {"Service": "logs.amazonaws.com"}


@_policy("kms-policy-no-describe", ["kms.policy-no-describe"], "CloudTrail may not describe the key")
def _(policy):
    del policy["describe"]


@_policy("kms-policy-no-context", ["kms.policy-no-context"], "any trail may use the key")
def _(policy):
    del policy["encrypt"]["Condition"]["StringLike"]


@_policy("kms-policy-foreign-account", ["kms.policy-foreign-account"], "trails of an unknown account may use the key", "P-03")
def _(policy):
    policy["encrypt"]["Condition"]["StringLike"] = {CONTEXT: ["arn:aws:cloudtrail:*:%s:trail/*" % ACCOUNT,
                                                             "arn:aws:cloudtrail:*:999999999999:trail/*"]}


@_policy("kms-policy-confused-deputy", ["kms.policy-confused-deputy"], "aws:SourceArn is missing", "P-02")
def _(policy):
    del policy["encrypt"]["Condition"]["StringEquals"]


@_policy("kms-policy-source-arn", ["kms.policy-source-arn"], "aws:SourceArn names another trail")
def _(policy):
    policy["encrypt"]["Condition"]["StringEquals"] = {"aws:SourceArn": TRAIL + "-2"}


@_policy("kms-policy-decrypt-context", ["kms.policy-decrypt-context"], "a role may decrypt without the context")
def _(policy):
    del policy["readers"]["Condition"]


@_policy("kms-policy-public", ["kms.policy-public"], "everybody may decrypt, in any account", "P-04")
def _(policy):
    policy["readers"]["Principal"] = "*"


@_policy("kms-policy-negation", ["kms.policy-negation"], "a statement allows all but one action")
def _(policy):
    policy["admins"] = {**_statement("admins", {"AWS": "arn:aws:iam::%s:role/admin" % ACCOUNT}, ""),
                        "NotAction": ["kms:Decrypt", "kms:ReEncrypt*"]}
    del policy["admins"]["Action"]


@_policy("kms-policy-duties", ["kms.policy-duties"], "who reads may also delete the key")
def _(policy):
    policy["admins"] = _statement("admins", ROLE, ["kms:ScheduleKeyDeletion", "kms:DisableKey"])


@_case("kms-settings-answer-unreadable", ["kms.answer-unreadable"], "an answer is cut short: open, never a violation", exit=2, strict=2)
def _(w, answers):
    w.files["answers/get-key-policy.json"] = answers.files()["answers/get-key-policy.json"][:200]
    w.honest()


@_case("kms-settings-not-judged", [], "only the policy was saved", notices=["kms.not-judged"])
def _(w, answers):
    kept = answers.files()["answers/get-key-policy.json"]
    answers.files = lambda: {"answers/get-key-policy.json": kept}
    w.honest()


def _event(name, hour, key=KEY):
    record = {"eventVersion": "1.11", "eventSource": "kms.amazonaws.com", "eventName": name, "awsRegion": REGION,
              "eventTime": "2026-07-01T%02d:10:00Z" % hour, "eventID": "%s-%d" % (name, hour),
              "requestParameters": {"keyId": key}, "resources": [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": key}]}
    return {"EventId": record["eventID"], "EventName": name, "CloudTrailEvent": json.dumps(record)}


def _lookup(w, *events):
    w.files["answers/lookup-events.json"] = json.dumps({"Events": list(events)}).encode()


@_case("kms-settings-delivery-gap", ["digest.missing"], "digests are missing while the key was disabled: both stand side by side",
       notices=["kms.delivery-gap"], exit=1, acceptance="X-09")
def _(w, answers):
    w.delete(w.honest(), range(12, 14), with_logs=True)
    _lookup(w, _event("DisableKey", 8), _event("EnableKey", 20))


@_case("kms-settings-outage-elsewhere", ["digest.missing"], "another key was disabled while digests are missing", exit=1)
def _(w, answers):
    w.delete(w.honest(), range(12, 14), with_logs=True)
    _lookup(w, _event("DisableKey", 8, KEY[:-1] + "6"), _event("EnableKey", 20, KEY[:-1] + "6"))


@_case("kms-settings-no-gap", [], "the key was disabled for hours, and every digest is there")
def _(w, answers):
    w.honest()
    _lookup(w, _event("DisableKey", 8), _event("EnableKey", 20))
