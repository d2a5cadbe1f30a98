using System.Collections.Frozen;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Platform.Http;

/// <summary>
/// Something that the product refuses with, declared once by the room that refuses: throw it with <see cref="Refusal"/>, describe it with
/// <see cref="ApiDescription.Refuses"/>. Its words are <c>error.CODE</c> of the language files.
/// </summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="Code">Stable, UPPER_SNAKE: clients act on it.</param>
public sealed record ErrorCode(int Status, string Code)
{
    /// <summary>Of its words.</summary>
    public string Key => "error." + Code;

    public override string ToString() => Code;
}

/// <summary>All codes that the features declare.</summary>
public sealed class ErrorCatalogue
{
    private readonly FrozenDictionary<string, ErrorCode> _byCode;

    /// <exception cref="ArgumentException">Two rooms declare the same code.</exception>
    public ErrorCatalogue(IEnumerable<ErrorCode> declared)
    {
        All = [.. declared.OrderBy(e => e.Code, StringComparer.Ordinal)];
        _byCode = All.ToDictionary(e => e.Code).ToFrozenDictionary();
    }

    /// <summary>In alphabetical order.</summary>
    public IReadOnlyList<ErrorCode> All { get; }

    public bool Has(ErrorCode error) => _byCode.GetValueOrDefault(error.Code) == error;
}

/// <summary>What any request may be refused with, whatever it is about.</summary>
public static class HttpErrors
{
    public static readonly ErrorCode BadRequest = new(400, "BAD_REQUEST");
    public static readonly ErrorCode BadJson = new(400, "BAD_JSON");
    public static readonly ErrorCode BadUtf8 = new(400, "BAD_UTF8");
    public static readonly ErrorCode Csrf = new(400, "CSRF");
    public static readonly ErrorCode Unauthorized = new(401, "UNAUTHORIZED");
    public static readonly ErrorCode Forbidden = new(403, "FORBIDDEN");
    public static readonly ErrorCode SiteClosed = new(403, "SITE_CLOSED");
    public static readonly ErrorCode NoSuchPage = new(404, "NO_SUCH_PAGE");
    public static readonly ErrorCode MethodNotAllowed = new(405, "METHOD_NOT_ALLOWED");
    public static readonly ErrorCode Conflict = new(409, "CONFLICT");
    public static readonly ErrorCode BodyTooLarge = new(413, "BODY_TOO_LARGE");
    public static readonly ErrorCode NotJson = new(415, "NOT_JSON");
    public static readonly ErrorCode ValidationFailed = new(422, "VALIDATION_FAILED");
    public static readonly ErrorCode IdempotencyReused = new(422, "IDEMPOTENCY_REUSED");
    public static readonly ErrorCode RateLimited = new(429, "RATE_LIMITED");
    public static readonly ErrorCode Internal = new(500, "INTERNAL");
    public static readonly ErrorCode Busy = new(503, "BUSY");
    public static readonly ErrorCode StorageFull = new(503, "STORAGE_FULL");
    public static readonly ErrorCode StorageUnavailable = new(503, "STORAGE_UNAVAILABLE");

    /// <summary>What a request is refused with when the storage fails.</summary>
    public static ErrorCode Of(StorageException trouble) => trouble is StorageFullException ? StorageFull : StorageUnavailable;

    public static readonly IReadOnlyList<ErrorCode> All =
    [
        BadRequest, BadJson, BadUtf8, Csrf, Unauthorized, Forbidden, SiteClosed, NoSuchPage, MethodNotAllowed, Conflict, BodyTooLarge, NotJson, ValidationFailed,
        IdempotencyReused, RateLimited, Internal, Busy, StorageFull, StorageUnavailable,
    ];
}
