namespace Gatehouse.Relays.Acls;

public enum HuJsonKind
{
    Object,
    Array,
    Text,
    Number,
    Word,
}

/// <summary>A value and where it stands in its text: <c>text[Start..End]</c>.</summary>
/// <param name="Members">Of an object, in their order; of an array, without names.</param>
public sealed record HuJsonValue(HuJsonKind Kind, int Start, int End, IReadOnlyList<HuJsonMember> Members)
{
    /// <summary>Of a text, without its quotes and escapes.</summary>
    public string? Text { get; init; }

    /// <summary>Those of that name. Names compare as Go's decoders compare them: whatever the case.</summary>
    public IReadOnlyList<HuJsonMember> Named(string name) => [.. Members.Where(m => m.Name.Equals(name, StringComparison.OrdinalIgnoreCase))];
}

/// <summary>A member of an object; an element of an array has no name.</summary>
/// <param name="Name">Without its quotes and escapes.</param>
/// <param name="Start">Where its name begins.</param>
public sealed record HuJsonMember(string Name, int Start, HuJsonValue Value);
