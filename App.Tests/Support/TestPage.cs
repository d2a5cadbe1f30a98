using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Gatehouse.Tests.Support;

/// <summary>What a browser got: the answer, and its HTML as a document.</summary>
public sealed class TestPage
{
    private readonly Lazy<IDocument> _document;

    public TestPage(string path, HttpResponseMessage response, byte[] body)
    {
        Path = path;
        Status = response.StatusCode;
        Headers = response.Headers;
        ContentHeaders = response.Content.Headers;
        Location = response.Headers.Location?.OriginalString;
        Body = body;
        Html = Encoding.UTF8.GetString(body);
        _document = new(() => new HtmlParser().ParseDocument(Html));
    }

    /// <summary>Where the browser ended, with the query.</summary>
    public string Path { get; }

    public HttpStatusCode Status { get; }

    public HttpResponseHeaders Headers { get; }

    public HttpContentHeaders ContentHeaders { get; }

    /// <summary>Where it was sent, when it did not follow.</summary>
    public string? Location { get; }

    public byte[] Body { get; }

    public string Html { get; }

    public IDocument Document => _document.Value;

    /// <summary>All text that a person reads on it, white space folded.</summary>
    public string Text => string.Join(' ', (Document.Body?.TextContent ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The one element of the selector.</summary>
    public IElement One(string selector) => Document.QuerySelectorAll(selector) is { Length: 1 } found
        ? found[0]
        : throw new InvalidOperationException($"{Document.QuerySelectorAll(selector).Length} elements match '{selector}' on {Path}:\n{Html}");
}
