"""What is open without a key: health, readiness, figures, the description of the service."""

import html
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from api.service import Service
from graph.ledger.signing import public_hex, signing_key

router = APIRouter(tags=["operation"])


def _state(service: Service) -> dict[str, Any]:
    """Sequences of ledger and graph and what keeps the service from answering."""
    problems: list[str] = []
    seq = graph = None
    try:
        with service.books.one() as book:
            seq = book.ledger.head()[0]
            state = book.store.state()
            graph = state.seq if state else 0
    except Exception as error:  # whatever it is, the service is not ready, and that is the answer
        problems.append("ledger or store away: " + type(error).__name__)
    if service.audit.failed:
        problems.append("audit away: " + service.audit.failed)
    lag = seq - graph if seq is not None and graph is not None else None
    return {"ready": not problems, "seq": seq, "graph_seq": graph, "lag": lag, "problems": problems}


@router.get("/health", summary="Whether the process answers")
def health() -> dict[str, str]:
    """It does."""
    return {"status": "ok"}


@router.get(
    "/ready",
    summary="Whether questions can be answered, and how far the graph is behind the ledger",
    responses={503: {"description": "ledger, store or audit is away"}},
)
def ready(request: Request) -> Response:
    """`lag` counts entries of the ledger that the graph has not taken yet; 503 while ledger, store or audit is away."""
    body = _state(request.app.state.service)
    return JSONResponse(body, 200 if body["ready"] else 503)


@router.get("/certificate-key", summary="The public key that certificates of checks are signed with")
def certificate_key() -> dict[str, str]:
    """Ed25519, 64 hex digits; `creditgraph certificate verify` takes it."""
    return {"algorithm": "Ed25519", "public_key": public_hex(signing_key())}


@router.get("/metrics", summary="Figures in the text format of Prometheus", response_class=PlainTextResponse)
def metrics(request: Request) -> Response:
    """Answers and seconds by route, sequence and lag."""
    service: Service = request.app.state.service
    state, lines = _state(service), ""
    for name in ("seq", "graph_seq", "lag"):
        if state[name] is not None:
            lines += f"# TYPE creditgraph_{name} gauge\ncreditgraph_{name} {state[name]}\n"
    lines += f"# TYPE creditgraph_ready gauge\ncreditgraph_ready {int(state['ready'])}\n"
    return PlainTextResponse(service.figures.text() + lines, media_type="text/plain; version=0.0.4")


@router.get("/docs", summary="This description as a page", include_in_schema=False)
def docs(request: Request) -> Response:
    """The operations of the OpenAPI document as a page that needs no script and nothing from elsewhere."""
    rows = ""
    for path, operations in request.app.openapi()["paths"].items():
        for method, told in operations.items():
            names = ", ".join(p["name"] for p in told.get("parameters", ()))
            cells = (f"{method.upper()} {path}", names, told.get("summary", ""), told.get("description", ""))
            rows += "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>\n"
    head = "<tr><th>operation</th><th>parameters</th><th>what</th><th>more</th></tr>"
    return HTMLResponse(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>creditgraph API</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/static/site.css">'
        '<main><p><a href="/">信用图谱 creditgraph</a></p><h1>API</h1>'
        "<p>The key goes into the header X-API-Key, the purpose into X-Purpose. "
        f'The whole description: <a href="/openapi.json">/openapi.json</a></p><table>{head}{rows}</table></main></html>'
    )
