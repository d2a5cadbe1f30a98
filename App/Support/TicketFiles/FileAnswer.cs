using Gatehouse.Platform.Http;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Support.TicketFiles;

/// <summary>Sends a file that somebody has attached, so that no browser takes it for a page of this site.</summary>
public static class FileAnswer
{
    public static readonly ErrorCode NotFound = new(404, "NO_SUCH_ATTACHMENT");

    /// <exception cref="Refusal">404 NO_SUCH_ATTACHMENT: it is not in the folder.</exception>
    public static async Task Send(HttpContext ctx, TicketFolder folder, TicketFile file)
    {
        var path = folder.Find(file) ?? throw new Refusal(NotFound);
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(file.Name);
        var response = ctx.Response;
        response.ContentType = file.Type;
        response.ContentLength = file.Bytes;
        response.Headers.ContentDisposition = disposition.ToString();
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "private, no-store";
        await response.SendFileAsync(path, ctx.RequestAborted);
    }
}
