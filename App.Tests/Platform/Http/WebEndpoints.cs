using Gatehouse.Tests.Endpoints;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Platform.Http;

/// <summary>The endpoints that belong to no feature.</summary>
public static class WebEndpoints
{
    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/", Open),
        new("GET", "/assets/{**path}", Open) { Path = "/assets/gatehouse.css", Type = "text/css" },
        new("HEAD", "/assets/{**path}", Open) { Path = "/assets/gatehouse.css", Type = "text/css" },
        new("GET", "/favicon.ico", Open) { Type = "image/x-icon" },
        new("HEAD", "/favicon.ico", Open) { Type = "image/x-icon" },
        new("GET", "/robots.txt", Open) { Type = "text/plain" },
        new("HEAD", "/robots.txt", Open) { Type = "text/plain" },
        new("GET", "/docs", Open),
        new("GET", "/openapi/v1.json", Open),
        new("POST", "/preferences/language", Open) { Form = "language=zh&return=/activate" },
        new("POST", "/preferences/theme", Open) { Form = "theme=dark&return=/activate" },
    ];
}
