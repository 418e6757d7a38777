//! The contract as documents: JSON Schema of a message, OpenAPI of the routes.

use alongside_desk::message::json_schema;
use axum::Json;
use serde_json::{Value, json};

pub(super) async fn schema() -> Json<Value> {
    Json(json_schema())
}

pub(super) async fn document() -> Json<Value> {
    Json(openapi())
}

/// OpenAPI 3.1, whose schemas are JSON Schema 2020-12, so the message's own schema is referred to as it is.
fn openapi() -> Value {
    let problem = |about: &str| json!({ "description": about, "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/problem" } } } });
    let passing = |about: &str| {
        let mut answer = problem(about);
        answer["headers"] = json!({ "Retry-After": { "schema": { "type": "integer", "minimum": 1 } } });
        answer
    };
    let json_body = |schema: Value| json!({ "application/json": { "schema": schema } });
    let feed = json!({ "name": "feed", "in": "path", "required": true, "schema": { "type": "string", "pattern": "^[a-z0-9_-]{1,64}$" } });
    let doors = |taken: Value| {
        json!({
            "202": { "description": "Durable", "content": json_body(taken) },
            "400": problem("Faults, or a body that cannot be split into messages"),
            "401": problem("No valid token"), "403": problem("A token of another feed or force"),
            "408": problem("The request did not arrive in time"), "409": problem("The id was taken with other content"),
            "413": problem("Over 1 MiB a message, 10,000 messages or 64 MiB a request"), "415": problem("Not a form that can be read"),
            "429": passing("Too much is waiting"), "503": passing("Nothing can be written now"),
        })
    };
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Alongside feed", "version": "1" },
        "security": [{ "token": [] }],
        "paths": {
            "/api/v1/feeds/{feed}/messages": { "post": {
                "operationId": "send", "summary": "Send one message, or a batch", "parameters": [feed],
                "requestBody": { "required": true, "content": {
                    "application/json": { "schema": { "oneOf": [
                        { "$ref": "/api/v1/schema.json" },
                        { "type": "array", "maxItems": 10_000, "items": { "$ref": "/api/v1/schema.json" } },
                    ] } },
                    "application/x-ndjson": { "schema": { "type": "string" } },
                } },
                "responses": doors(json!({ "oneOf": [{ "$ref": "#/components/schemas/receipt" }, { "$ref": "#/components/schemas/receipts" }] })),
            } },
            "/api/v1/feeds/{feed}/eido": { "post": {
                "operationId": "sendEido", "summary": "Send one EIDO document", "parameters": [feed],
                "requestBody": { "required": true, "content": json_body(json!({ "type": "object" })) },
                "responses": doors(json!({ "$ref": "#/components/schemas/receipts" })),
            } },
            "/api/v1/feeds/{feed}/rejects": { "get": {
                "operationId": "rejects", "summary": "What was not taken",
                "parameters": [feed,
                    { "name": "after", "in": "query", "schema": { "type": "integer", "minimum": 0 } },
                    { "name": "limit", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 200 } }],
                "responses": { "200": { "description": "The list", "content": json_body(json!({ "type": "object" })) },
                    "401": problem("No valid token"), "403": problem("Not an administrator's token"), "503": passing("Not ready") },
            } },
            "/api/v1/feeds/{feed}/rejects/{id}/resubmit": { "post": {
                "operationId": "resubmit", "summary": "Take a reject again, or the message in the body instead of it",
                "parameters": [feed, { "name": "id", "in": "path", "required": true, "schema": { "type": "integer", "minimum": 0 } }],
                "requestBody": { "required": false, "content": json_body(json!({ "$ref": "/api/v1/schema.json" })) },
                "responses": { "202": { "description": "Durable", "content": json_body(json!({ "$ref": "#/components/schemas/receipt" })) },
                    "400": problem("It still has faults"), "401": problem("No valid token"), "403": problem("Not an administrator's token"),
                    "404": problem("No such reject"), "409": problem("The id was taken with other content"),
                    "429": passing("Too much is waiting"), "503": passing("Nothing can be written now") },
            } },
        },
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": {
                "receipt": { "type": "object", "required": ["receipt", "ignored"], "properties": {
                    "receipt": { "enum": ["taken", "duplicate"] }, "ignored": { "type": "integer", "minimum": 0 } } },
                "receipts": { "type": "object", "required": ["taken", "duplicate", "conflict", "rejected", "receipts"], "properties": {
                    "taken": { "type": "integer" }, "duplicate": { "type": "integer" }, "conflict": { "type": "integer" },
                    "rejected": { "type": "integer" },
                    "receipts": { "type": "array", "items": { "type": "object", "required": ["index", "receipt"], "properties": {
                        "index": { "type": "integer" }, "receipt": { "enum": ["taken", "duplicate", "conflict", "rejected"] },
                        "ignored": { "type": "integer" }, "status": { "type": "integer" },
                        "errors": { "$ref": "#/components/schemas/errors" } } } } } },
                "errors": { "type": "array", "items": { "type": "object", "required": ["pointer", "detail"], "properties": {
                    "pointer": { "type": "string", "format": "json-pointer" }, "detail": { "type": "string" } } } },
                "problem": { "type": "object", "required": ["type", "title", "status", "detail"], "properties": {
                    "type": { "type": "string", "format": "uri-reference" }, "title": { "type": "string" },
                    "status": { "type": "integer" }, "detail": { "type": "string" },
                    "errors": { "$ref": "#/components/schemas/errors" } } },
            },
        },
    })
}
