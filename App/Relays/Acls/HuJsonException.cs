using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Relays.Acls;

/// <summary>A text is no HuJSON. Line and column count from 1, the column in UTF-16 units as editors do.</summary>
/// <param name="fault">What, as in <c>acl.policy.*</c> of the words.</param>
public sealed class HuJsonException(string fault, int line, int column, string found = "") : Exception($"Line {line}, column {column}: {fault}")
{
    public string Fault => fault;
    public int Line => line;
    public int Column => column;

    /// <summary>For people: where, what stands there, and what to do about it. Places are said as plain digits.</summary>
    public Message Reason => new("acl.policy." + fault, $"{line}", $"{column}", found);

    /// <summary>The same as an answer about that field.</summary>
    public Refusal Refusal(string field) => Platform.Http.Refusal.Field(field, Reason.Key, Reason.Args);
}
