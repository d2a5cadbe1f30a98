namespace Gatehouse.Support.TicketFiles;

/// <summary>A file that hangs on a message of a ticket. Times in unix milliseconds.</summary>
/// <param name="Name">As people see it; <see cref="FileKind.Named"/> has cleaned it.</param>
/// <param name="Type">The media type by which it is sent: found in its content.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Stored">Its name in the <see cref="TicketFolder"/>.</param>
/// <param name="Inside">It hangs on a note that only staff see.</param>
public sealed record TicketFile(string Id, string TicketId, string MessageId, string Name, string Type, long Bytes, string Sha256, string Stored, long At, bool Inside);

/// <summary>A file that lies in the folder and belongs to no message yet.</summary>
/// <param name="Sha256">In hex.</param>
public sealed record KeptFile(string Name, string Type, long Bytes, string Sha256, string Stored);

/// <summary>How much may be attached.</summary>
public static class FileLimits
{
    public const int Megabyte = 1024 * 1024;

    /// <summary>Of one file.</summary>
    public const int MaxBytes = 5 * Megabyte;

    /// <summary>Files of one message.</summary>
    public const int MaxFiles = 5;

    /// <summary>All files of one ticket, in bytes.</summary>
    public const long MaxOfTicket = 50L * Megabyte;

    /// <summary>All that one customer has attached, in bytes.</summary>
    public const long MaxOfAccount = 200L * Megabyte;
}
