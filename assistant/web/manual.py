"""The page that describes the API, from its OpenAPI description; plain HTML, nothing from another host."""

import json
from html import escape
from typing import Any

_STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1e293b}"
    "h2{margin-top:2.5rem;font-size:1.1rem}code,pre{font-family:ui-monospace,Consolas,monospace}"
    "pre{background:#f1f5f9;padding:.8rem;overflow-x:auto}table{border-collapse:collapse}"
    "td,th{border:1px solid #cbd5e1;padding:.2rem .6rem;text-align:left;vertical-align:top}"
)


def _kind(schema: dict[str, Any]) -> str:
    """What a value may be, in few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " 或 ".join(_kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return "、".join(str(value) or "(空)" for value in schema["enum"])
    kind = str(schema.get("type", "任意"))
    return f"{kind}({_kind(schema['items'])})" if "items" in schema else kind


def _row(name: str, schema: dict[str, Any], needed: bool) -> str:
    cells = [name, _kind(schema), "必填" if needed else "", str(schema.get("description", ""))]
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _table(rows: list[str]) -> str:
    head = "<tr><th>名称</th><th>类型</th><th></th><th>说明</th></tr>"
    return f"<table>{head}{''.join(rows)}</table>" if rows else ""


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    parameters = [
        _row(each["name"], each["schema"], each.get("required", False))
        for each in operation.get("parameters", [])
    ]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    body = f"<p>内容:<code>{escape(_kind(content['schema']))}</code>(JSON)</p>" if content else ""
    return (
        f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
        f"<p>{escape(operation.get('summary', ''))}</p>"
        f"<p>{escape(operation.get('description', ''))}</p>{_table(parameters)}{body}"
    )


def _schema(name: str, schema: dict[str, Any]) -> str:
    needed = schema.get("required", [])
    rows = [_row(field, each, field in needed) for field, each in schema["properties"].items()]
    return f"<h2><code>{escape(name)}</code></h2>{_table(rows)}"


def manual(description: dict[str, Any]) -> str:
    """The page for an OpenAPI description."""
    operations = [
        _operation(path, method, operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]
    schemas = [
        _schema(name, schema)
        for name, schema in description.get("components", {}).get("schemas", {}).items()
        if "properties" in schema and "Error" not in name
    ]
    info = description["info"]
    example = json.dumps({"question": "高中阶段毛入学率2025年目标是多少?"}, ensure_ascii=False)
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{escape(info["title"])} 接口</title>'
        f"<style>{_STYLE}</style><h1>{escape(info['title'])} 接口</h1><p>{escape(info['description'])}</p>"
        '<p>机器读的说明:<a href="/openapi.json">/openapi.json</a></p>'
        "<pre>curl -H 'Content-Type: application/json' -d '"
        f"{escape(example, quote=False)}' 本机地址/api/ask</pre>"
        f"{''.join(operations)}<h1>请求的内容</h1>{''.join(schemas)}</html>"
    )
