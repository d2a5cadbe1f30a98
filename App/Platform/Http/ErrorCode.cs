using System.Collections.Frozen;

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

/// <summary>All codes that the rooms declare.</summary>
public sealed class ErrorCatalogue
{
    private readonly FrozenDictionary<string, ErrorCode> _byCode;

    /// <exception cref="ArgumentException">Two rooms declare the same code.</exception>
    public ErrorCatalogue(params IReadOnlyList<ErrorCode>[] rooms)
    {
        All = [.. rooms.SelectMany(r => r).OrderBy(e => e.Code, StringComparer.Ordinal)];
        _byCode = All.ToDictionary(e => e.Code).ToFrozenDictionary();
    }

    /// <summary>In alphabetical order.</summary>
    public IReadOnlyList<ErrorCode> All { get; }

    public bool Has(ErrorCode error) => _byCode.GetValueOrDefault(error.Code) == error;
}
