namespace Gatehouse.Platform.Storage;

/// <summary>The list of an <c>IN</c>: its parameters, and what they stand for.</summary>
internal static class SqlNames
{
    /// <param name="values">At least one.</param>
    public static (string Names, (string, object?)[] Args) Of(IEnumerable<string> values)
    {
        var args = values.Select((value, i) => ($"in{i}", (object?)value)).ToArray();
        return (string.Join(", ", args.Select(a => "@" + a.Item1)), args);
    }
}
