using Gatehouse.Platform.Http;

namespace Gatehouse.Devices.Fingerprints;

/// <summary>The code by which a client program names the machine it runs on: 1 to 256 visible characters, taken as they are.</summary>
public static class MachineCode
{
    public const int MaxLength = 256;

    /// <summary>The code without surrounding spaces.</summary>
    /// <exception cref="Refusal">422 on <paramref name="field"/>.</exception>
    public static string Parse(string field, string? value)
    {
        var code = value?.Trim() ?? "";
        if (code.Length == 0)
            throw Refusal.Field(field, "field.required");
        if (code.Length > MaxLength)
            throw Refusal.Field(field, "field.too_long", MaxLength);
        if (!code.All(c => c == ' ' || (!char.IsControl(c) && !char.IsWhiteSpace(c) && !char.IsSurrogate(c) && char.GetUnicodeCategory(c) is not (System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.OtherNotAssigned))))
            throw Refusal.Field(field, "field.machine_code");
        return code;
    }

    /// <summary><c>9f2c…e1</c>: enough to tell machines apart, not enough to imitate one.</summary>
    public static string Mask(string code) => code.Length <= 8 ? code[..1] + "…" : $"{code[..4]}…{code[^2..]}";
}
