using Gatehouse.Platform.Localization;

namespace Gatehouse.Platform.Http;

/// <summary>
/// The product says no: thrown by a rule, answered as a problem (REST) or shown on the form (pages). Undoes the transaction it
/// is thrown in.
/// </summary>
public sealed class Refusal : Exception
{
    public Refusal(ErrorCode error, params object[] args) : base(error.Code)
    {
        Error = error;
        Status = error.Status;
        Detail = new Message(error.Key, args);
    }

    public ErrorCode Error { get; }

    /// <summary>Of its code, save where the server itself knows a closer one.</summary>
    public int Status { get; init; }

    /// <summary>Stable, UPPER_SNAKE.</summary>
    public string Code => Error.Code;

    /// <summary>What to tell people.</summary>
    public Message Detail { get; }

    /// <summary>Field -> what is wrong with it and how to mend it.</summary>
    public IReadOnlyDictionary<string, Message> Fields { get; init; } = new Dictionary<string, Message>();

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Until when (unix milliseconds) what was asked for is locked; told as <c>locked_until</c>.</summary>
    public long? LockedUntil { get; init; }

    public static Refusal Field(string field, string key, params object[] args) =>
        new(HttpErrors.ValidationFailed) { Fields = new Dictionary<string, Message> { [field] = new(key, args) } };
}

/// <summary>Collects what is wrong with the fields of one request, so that all of it is said at once.</summary>
public sealed class FieldChecks
{
    private readonly Dictionary<string, Message> _wrong = [];

    public bool Any => _wrong.Count > 0;

    /// <summary>The first complaint; null when there is none.</summary>
    public (string Field, Message Reason)? First => _wrong.Select(w => ((string, Message)?)(w.Key, w.Value)).FirstOrDefault();

    /// <summary>Is something wrong with that field?</summary>
    public bool Has(string field) => _wrong.ContainsKey(field);

    /// <summary>Notes there all that is wrong here, by other names.</summary>
    public void CopyTo(FieldChecks other, Func<string, string> name)
    {
        foreach (var (field, wrong) in _wrong)
            other._wrong.TryAdd(name(field), wrong);
    }

    /// <summary>Notes that the field is wrong; the first complaint about a field stands.</summary>
    public void Wrong(string field, string key, params object[] args) => _wrong.TryAdd(field, new Message(key, args));

    /// <summary>Trimmed text of min to max characters without control characters. Returns it even when it is wrong.</summary>
    public string Text(string field, string? value, int min, int max, bool lines = false)
    {
        var text = value?.Trim() ?? "";
        if (text.Length < min)
            Wrong(field, min == 1 ? "field.required" : "field.too_short", min);
        else if (text.Length > max)
            Wrong(field, "field.too_long", max);
        else if (text.Any(c => char.IsControl(c) && !(lines && c is '\n' or '\r' or '\t')) || HasLoneSurrogate(text))
            Wrong(field, "field.control_characters");
        return text;
    }

    public long Range(string field, long value, long min, long max)
    {
        if (value < min || value > max)
            Wrong(field, "field.range", min, max);
        return value;
    }

    /// <exception cref="Refusal">422 VALIDATION_FAILED when anything was wrong.</exception>
    public void ThrowIfAny()
    {
        if (Any)
            throw new Refusal(HttpErrors.ValidationFailed) { Fields = _wrong };
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                return true;
            i++;
        }
        return false;
    }
}
