using System.Reflection;
using Gatehouse.Licensing.Activation;

namespace Gatehouse.Tests.Licensing;

/// <summary>All verdicts, by the constants that there are.</summary>
internal static class LicensingVerdicts
{
    public static IReadOnlyList<string> All { get; } =
        [.. typeof(Verdict).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!)];
}
