using System.Globalization;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;

namespace Gatehouse.Devices.Fingerprints;

/// <summary>
/// The code by which a client program names the machine it runs on: 1 to 256 visible characters. Two codes that differ in the width or
/// make-up of characters (NFKC) name one machine; whether case and braces count, a <see cref="MachineCodeRule"/> says.
/// </summary>
public sealed record MachineCode
{
    public const int MaxLength = 256;

    private MachineCode(string sent) => (Sent, Exact, Folded) = (sent, Nfkc.Of(sent), Identifier.Folded(sent));

    /// <summary>As the program knows it, without what surrounded it: what it is answered with, and what a licence file is good for.</summary>
    public string Sent { get; }

    /// <summary>What is stored and shown.</summary>
    public string Exact { get; }

    /// <summary>What it is looked up by: all that <see cref="MachineCodeRule.All"/> takes for the same machine has this in common.</summary>
    public string Folded { get; }

    /// <summary>Is it a UUID, in whatever form? Then <see cref="MachineCodeRule.Uuid"/> compares it folded.</summary>
    public bool IsUuid => Identifier.IsUuid(Folded);

    /// <summary>The code without surrounding blanks and characters that cannot be seen.</summary>
    /// <exception cref="Refusal">422 on <paramref name="field"/>.</exception>
    public static MachineCode Parse(string field, string? value)
    {
        var typed = PastedText.Trim(value ?? "");
        if (typed.Any(c => char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned))
            throw Refusal.Field(field, "field.machine_code");
        if (typed.Length > 2 * MaxLength)
            throw Refusal.Field(field, "field.too_long", MaxLength);
        var code = new MachineCode(PastedText.Clean(typed));
        if (code.Exact.Trim().Length == 0)
            throw Refusal.Field(field, "field.required");
        // Some characters are many in the form that is compared.
        return Math.Max(code.Sent.Length, code.Exact.Length) <= MaxLength ? code : throw Refusal.Field(field, "field.too_long", MaxLength);
    }

    /// <summary><c>9f2c…e1</c>: enough to tell machines apart, not enough to imitate one.</summary>
    public static string Mask(string code) => code.Length <= 8 ? code[..1] + "…" : $"{code[..4]}…{code[^2..]}";
}

/// <summary>Which codes name one machine: a plan's rule.</summary>
public static class MachineCodeRule
{
    /// <summary>Case and braces count.</summary>
    public const string Exact = "exact";

    /// <summary>They do not in UUIDs, which systems write in several forms; elsewhere they do.</summary>
    public const string Uuid = "uuid";

    /// <summary>They do not count.</summary>
    public const string All = "all";

    public static readonly IReadOnlyList<string> Names = [Uuid, Exact, All];
}
