using Gatehouse.Platform.Settings;

namespace Gatehouse.Licensing.Settings;

/// <summary>What a tenant sets for its keys.</summary>
public static class LicenseSettings
{
    /// <summary>Without 0 O 1 I L: what a person can tell apart on paper.</summary>
    public const string DefaultAlphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

    /// <summary>What codes are made of.</summary>
    public static readonly SettingDefinition KeyAlphabet = new("key_alphabet", 30, SettingKind.Code, DefaultAlphabet,
        v => v.Length is >= 16 and <= 36 && v.Distinct().Count() == v.Length && v.All(c => c is >= 'A' and <= 'Z' or >= '0' and <= '9'), v => v.ToUpperInvariant());

    /// <summary>How many days ahead "expiring soon" looks.</summary>
    public static readonly SettingDefinition ExpiringSoonDays = new("expiring_soon_days", 40, SettingKind.Number, "7", v => int.TryParse(v, out var n) && n is >= 1 and <= 365);
}
