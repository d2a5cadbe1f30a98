using Gatehouse.Support.TicketFiles;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Support.TicketParts;

/// <summary>Forms that files may come with.</summary>
public static class TicketForms
{
    private const int MaxBytes = FileLimits.MaxFiles * FileLimits.MaxBytes + FileLimits.Megabyte;

    /// <summary>Takes the files of one message: they wait on the disk until all have come.</summary>
    public static RouteHandlerBuilder WithFiles(this RouteHandlerBuilder endpoint) =>
        endpoint.WithMetadata(new RequestSizeLimitAttribute(MaxBytes)).WithFormOptions(multipartBodyLengthLimit: MaxBytes, valueLengthLimit: FileLimits.Megabyte, bufferBodyLengthLimit: MaxBytes);
}
