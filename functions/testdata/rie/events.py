"""Hands events to the functions in FOLDER, each in a process of AWS's Runtime Interface Emulator.

    python3 events.py FOLDER EXAMPLES TEMPLATE

FOLDER has aws-lambda-rie, and of each function a folder with its program, bootstrap. EXAMPLES is the folder events/testdata
of aws-lambda-go. The tables are those of TEMPLATE, in moto."""
import base64
import glob
import hashlib
import json
import logging
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import warnings

import boto3
import yaml
from moto.cloudformation.utils import yaml_tag_constructor
from moto.ses.models import ses_backends
from moto.server import ThreadedMotoServer

warnings.simplefilter("ignore")
logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it writes a line for each call of moto
folder, examples, template = sys.argv[1:]
yaml.add_multi_constructor("", yaml_tag_constructor, Loader=yaml.SafeLoader)
with open(template) as f:
    resources = yaml.safe_load(f)["Resources"]
os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test", AWS_DEFAULT_REGION="eu-west-2")
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
at = f"http://{host}:{port}"
base, secret = "https://hub.example.org", "s" * 32
failed = 0


def client(service):
    return boto3.client(service, endpoint_url=at)


def check(what, good, got=""):
    global failed
    if not good:
        failed += 1
    print(("ok: " if good else "FAILED: ") + what + ("" if good else f": {got}"), flush=True)


dynamo, s3, ses = client("dynamodb"), client("s3"), client("sesv2")
known = set(dynamo.meta.service_model.operation_model("CreateTable").input_shape.members) - {"SSESpecification"}
for name in ("Table", "MentoringTable"):
    p = resources[name]["Properties"]
    dynamo.create_table(TableName=name, **{k: v for k, v in p.items() if k in known and k not in ("StreamSpecification", "DeletionProtectionEnabled")})
for name in ("pages", "scans"):
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
ses.create_email_identity(EmailIdentity="no-reply@hub.example.org")
queue = client("sqs").create_queue(QueueName="crossing")["QueueUrl"]
distribution = client("cloudfront").create_distribution(DistributionConfig={
    "CallerReference": "1", "Comment": "", "Enabled": True,
    "Origins": {"Quantity": 1, "Items": [{"Id": "1", "DomainName": "pages.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}]},
    "DefaultCacheBehavior": {"TargetOriginId": "1", "ViewerProtocolPolicy": "https-only", "MinTTL": 0, "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}}},
})["Distribution"]["Id"]


def free():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Function:
    """A function in a process of its own."""

    def __init__(self, name):
        self.name, port = name, free()
        self.at = f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
        self.log = open(os.path.join(folder, name + ".log"), "w+")
        task = os.path.join(folder, name)
        self.process = subprocess.Popen(
            [os.path.join(folder, "aws-lambda-rie"), "--runtime-interface-emulator-address", f"127.0.0.1:{port}",
             "--runtime-api-address", f"127.0.0.1:{free()}", os.path.join(task, "bootstrap")],
            stdout=self.log, stderr=self.log, cwd=task, env={
                "PATH": os.environ["PATH"], "LAMBDA_TASK_ROOT": task, "AWS_REGION": "eu-west-2", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_SESSION_TOKEN": "test", "AWS_LAMBDA_FUNCTION_NAME": name, "AWS_LAMBDA_FUNCTION_TIMEOUT": "60", "AWS_ENDPOINT_URL": at,
                "TABLE": "MentoringTable" if name.startswith("mentoring") else "Table", "DUE_INDEX": "due", "BASE_URL": base, "ORIGIN_SECRETS": secret,
                "MAIL_FROM": "Hub <no-reply@hub.example.org>", "SES_CONFIGURATION_SET": "hub", "METRICS_NAMESPACE": "hub", "CROSSING_QUEUE": queue,
                "SCANS": "scans.s3.eu-west-2.amazonaws.com", "SITE_BUCKET": "pages", "DISTRIBUTION": distribution, "LOG_LEVEL": "INFO"})
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return
            except OSError:
                time.sleep(0.1)
        sys.exit(f"{name}: the emulator does not start")

    def call(self, event):
        """What the function answers; an error as {"errorMessage": ...}."""
        data = event if isinstance(event, bytes) else json.dumps(event).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(self.at, data=data), timeout=120) as answer:
                body = answer.read()
        except urllib.error.HTTPError as e:
            body = e.read()
        try:
            return json.loads(body or b"null")
        except ValueError:
            return {"unreadable": body[:200].decode(errors="replace")}

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.log.seek(0)
        return self.log.read()


def example(name):
    with open(os.path.join(examples, name), "rb") as f:
        return f.read()


def request(method, path, form=None, cookies=(), **headers):
    """aws-lambda-go's example of a request, with an address of the hub's."""
    e = json.loads(example("apigw-v2-request-no-authorizer.json"))
    e["rawPath"], _, e["rawQueryString"] = path.partition("?")
    e["requestContext"]["http"].update(method=method, path=e["rawPath"])
    e["headers"].update({"x-origin-secret": secret, **{k.replace("_", "-"): v for k, v in headers.items()}})
    e["cookies"] = list(cookies)
    if form is not None:
        e["headers"].update({"content-type": "application/x-www-form-urlencoded", "origin": base, "sec-fetch-site": "same-origin"})
        e["body"], e["isBase64Encoded"] = base64.b64encode(urllib.parse.urlencode(form).encode()).decode(), True
    return e


def text(answer):
    body = answer.get("body") or ""
    return base64.b64decode(body).decode(errors="replace") if answer.get("isBase64Encoded") else body


def stored():
    """All that is kept: two calls tell whether anything was changed between."""
    kept = [json.dumps(dynamo.scan(TableName=t)["Items"], sort_keys=True, default=repr) for t in ("Table", "MentoringTable")]
    return kept + [[(o["Key"], o["ETag"]) for o in s3.list_objects_v2(Bucket=b).get("Contents", [])] for b in ("pages", "scans")]


def mailed(to):
    """The text of the last letter to somebody."""
    for m in reversed(ses_backends["123456789012"]["eu-west-2"].sent_messages):
        if to in str(m.destinations):
            return str(getattr(m, "body", "") or getattr(m, "raw_data", ""))
    return ""


def changed(name, change="INSERT"):
    """The stream's event of a record, in the form of aws-lambda-go's example."""
    e = json.loads(example("dynamodb-event.json"))
    one = e["Records"][0]
    one["eventName"] = change
    one["dynamodb"].update(Keys={"id": {"S": name}}, NewImage={"id": {"S": name}, "due": {"N": "1"}})
    return {"Records": [one]}


# ---- Each function's own events ----

names = ["submit", "review", "deliver", "publish", "bounce", "records", "mentoring", "mentoringwork", "mentoringrecords"]
functions = {name: Function(name) for name in names}
submit, review, deliver, publish, bounce, records, mentoring, mentoringwork, mentoringrecords = (functions[n] for n in names)

for f, path in ((review, "/review/sign-in"), (mentoring, "/mentoring/sign-in")):
    got = f.call(request("GET", path))
    check(f"{f.name}: a page: 200", got.get("statusCode") == 200 and "<h1" in text(got), got)
for f in (submit, review, mentoring):
    got = f.call(example("apigw-v2-request-no-authorizer.json"))
    check(f"{f.name}: a request that did not come through CloudFront: 403", got.get("statusCode") == 403, got)
    got = f.call(request("GET", "/nowhere", accept_encoding="gzip"))
    check(f"{f.name}: an address that nobody has: 404", got.get("statusCode") == 404, got)
got = submit.call(request("POST", "/apply/career-conversations/start", {"name": "x"}))
check("submit: a section with mistakes comes back, 422, with a cookie of the draft", got.get("statusCode") == 422, got)

lead = "s.christian@nhs.net"
asked = review.call(request("POST", "/review/sign-in", {"email": lead}))
check("review: asks for a link to sign in: 200, with a cookie", asked.get("statusCode") == 200 and asked.get("cookies"), asked)
id = "staff-" + hashlib.sha256(lead.encode()).hexdigest()[:32]
check("review: it is kept", any(i["id"]["S"] == id for i in dynamo.scan(TableName="Table")["Items"]))
got = deliver.call(changed(id))
check("deliver: the stream tells of it: all is done", got == {"batchItemFailures": []}, got)
link = re.search(re.escape(base) + r"(/review/sign-in/link/[^\s\"<]+)", mailed(lead))
check("deliver: the letter has a link", bool(link), mailed(lead)[:300])
cookie = asked["cookies"][0].split(";")[0]
got = review.call(request("POST", link[1] if link else "/", {}, [cookie]))
cookies = [cookie] + [c.split(";")[0] for c in got.get("cookies") or []]
got = review.call(request("GET", "/review/", cookies=cookies))
check("review: by it one signs in, in the same browser: 200", got.get("statusCode") == 200 and "Sign out" in text(got), got)
got = deliver.call({})
check("deliver: the schedule: swept", got is None, got)

got = publish.call({})
pages = {o["Key"] for o in s3.list_objects_v2(Bucket="pages").get("Contents", [])}
check("publish: the schedule: the site is in the bucket", got is None and {"index.html", "404.html"} <= pages, got)
got = publish.call({"version": "0", "source": "aws.cloudformation", "detail-type": "CloudFormation Stack Status Change", "detail": {}})
check("publish: after a deployment", got is None, got)

event = {"version": "0", "source": "aws.ses", "detail-type": "Email Bounced", "detail": {
    "eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bounceSubType": "General", "timestamp": "2026-11-29T10:00:00Z"},
    "mail": {"timestamp": "2026-11-29T09:59:00Z", "tags": {"reference": ["CC-2C2C-2C2C"], "letter": ["application-to-lead-1"]}}}}
got = bounce.call(event)
check("bounce: a letter that came back", got is None, got)
for f in (records, mentoringrecords):
    got = f.call({"do": "audit"})
    check(f"{f.name}: an audit finds no fault", got is not None and got.get("faults") == 0, got)
    got = f.call({})
    check(f"{f.name}: asked for nothing it says so", "refused" in (got or {}), got)
got = mentoringwork.call({})
check("mentoringwork: the schedule: swept", got is None, got)
for f in (deliver, mentoringwork):
    got = f.call(example("sqs-event.json"))
    check(f"{f.name}: a message that cannot be read is given back", got == {"batchItemFailures": [{"itemIdentifier": "MessageID_1"}]}, got)
    got = f.call(example("dynamodb-event.json"))
    check(f"{f.name}: another table's records are given back", bool((got or {}).get("batchItemFailures")), got)

# ---- Events of others ----

web, workers = ("submit", "review", "mentoring"), ("deliver", "mentoringwork")
skip = ("sqs-event.json", "dynamodb-event.json")
for f in functions.values():
    counts, before = {}, stored()
    for file in sorted(glob.glob(os.path.join(examples, "*.json"))):
        name, data = os.path.basename(file), example(os.path.basename(file))
        if "response" in name or f.name in workers and name in skip:
            continue
        got = f.call(data)
        said = got if isinstance(got, dict) else {}
        if "errorMessage" in said:
            kind = "an error" if "panic" not in json.dumps(said) and "exited" not in json.dumps(said) else "BAD"
        elif f.name in web:
            kind = "403" if said.get("statusCode") == 403 else "BAD"
        elif f.name.endswith("records"):
            kind = "refused" if "refused" in said else "BAD"
        elif said.get("batchItemFailures"):
            kind = "given back"
        elif f.name == "publish" or f.name in workers and not json.loads(data).get("Records"):
            kind = "as the schedule's" if got is None else "BAD"
        else:
            kind = "BAD"
        if kind == "BAD":
            check(f"{f.name}: {name}", False, got)
        counts[kind] = counts.get(kind, 0) + 1
    check(f"{f.name}: events of others: " + ", ".join(f"{n} {k}" for k, n in sorted(counts.items())) + "; nothing that is kept has changed", stored() == before)
    if f is not publish: # which does not look at what calls it
        got = f.call(b"no JSON")
        check(f"{f.name}: what is no JSON is an error", "errorMessage" in (got or {}), got)
for f in functions.values():
    log = f.end()
    check(f"{f.name}: nothing panicked", "panic" not in log and "fatal" not in log.lower(), log[-500:])
server.stop()
print("all as it should be" if not failed else f"{failed} are not as they should be")
sys.exit(failed > 0)
