"""Takes out of a CloudFormation template what moto cannot make, and says on standard error what that is.

    python3 reduce.py TEMPLATE >REDUCED.json

What names a thing that was taken out gets a text in its place."""
import json
import re
import sys
import warnings

import yaml
from moto.cloudformation.parsing import get_model_map
from moto.cloudformation.utils import yaml_tag_constructor

warnings.simplefilter("ignore")
yaml.add_multi_constructor("", yaml_tag_constructor, Loader=yaml.SafeLoader)
with open(sys.argv[1]) as f:
    template = yaml.safe_load(f)
resources, known = template["Resources"], get_model_map()
# Nor can it change what a condition leaves out.
gone = {name: r["Type"] for name, r in resources.items() if r["Type"] not in known or "Condition" in r}


def without(node):
    """The node with a text for each name of what is gone."""
    if isinstance(node, list):
        return [without(n) for n in node]
    if not isinstance(node, dict):
        return node
    if len(node) == 1:
        (key, value), = node.items()
        if key == "Ref" and value in gone:
            return f"no-{value}".lower()
        if key == "Fn::GetAtt":
            value = value.split(".", 1) if isinstance(value, str) else value
            if value[0] in gone:
                return f"no-{value[0]}-{value[1]}".lower()
            return {key: value}
        if key == "Fn::Sub" and isinstance(value, str):
            return {key: re.sub(r"\$\{(\w+)(\.\w+)?\}", lambda m: f"no-{m[1]}".lower() if m[1] in gone else m[0], value)}
    return {k: without(v) for k, v in node.items()}


template["Resources"] = {n: without(r) for n, r in resources.items() if n not in gone}
for r in template["Resources"].values():
    after = r.get("DependsOn", [])
    r["DependsOn"] = [n for n in ([after] if isinstance(after, str) else after) if n not in gone]
    if not r["DependsOn"]:
        del r["DependsOn"]


def named(node):
    """Names of resources that the node mentions."""
    return {n for n in re.findall(r"\w+", json.dumps(node)) if n in template["Resources"]}


# moto makes one thing after another as they stand: what others name comes first.
ordered = {}


def put(name):
    if name not in ordered:
        ordered[name] = None
        for other in sorted(named(template["Resources"][name]) - {name}):
            put(other)
        ordered[name] = ordered.pop(name) or template["Resources"][name]


for name in list(template["Resources"]):
    put(name)
template["Resources"] = ordered


def fixed(node):
    """The node as the parameters' defaults make it."""
    if isinstance(node, list):
        return [fixed(n) for n in node]
    if not isinstance(node, dict):
        return node
    if "Fn::If" in node:
        return fixed(node["Fn::If"][2])
    if node.get("Ref") in template["Parameters"]:
        return template["Parameters"][node["Ref"]].get("Default", "none")
    return {k: v for k, v in ((k, fixed(v)) for k, v in node.items()) if v != {"Ref": "AWS::NoValue"}}


# What moto can make but not change must not depend on a parameter.
still = set()
for name, r in template["Resources"].items():
    if "update_from_cloudformation_json" not in vars(known[r["Type"]]):
        r["Properties"] = fixed(r["Properties"])
        still.add(r["Type"])
print(f"moto changes no {', '.join(sorted(still))}", file=sys.stderr)
template["Outputs"] = without({n: o for n, o in template["Outputs"].items() if o.get("Condition") != "MakesMailDomain"})
template.pop("Metadata", None)
for kind in sorted(set(gone.values())):
    print(f"moto makes no {kind}: {', '.join(n for n in gone if gone[n] == kind)}", file=sys.stderr)
json.dump(template, sys.stdout, indent=1, default=str)
