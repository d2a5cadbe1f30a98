using System.Text.RegularExpressions;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests;

/// <summary>The usings of a file stand together in one order, so that two changes of it do not meet: namespaces, System's first, each by its name; then static ones; then aliases.</summary>
public sealed partial class UsingOrderTests
{
    [Theory]
    [InlineData("App")]
    [InlineData("App.Tests")]
    public void Usings_stand_in_order(string folder)
    {
        var files = Source.Under(folder);
        Assert.NotEmpty(files);
        Assert.Equal("", string.Join('\n', files.Select(f => (f.Path, Fault: Fault(f))).Where(f => f.Fault is not null)));
    }

    [Theory]
    [InlineData("X.cs", "using System.Net;\nusing Gatehouse.A;\nusing Xunit;\nusing static Gatehouse.B;\nusing Z = Gatehouse.A.Z;\n\nclass X;", null)]
    [InlineData("X.cs", "using System;\nusing System.Net;\nclass X { void M() { using var b = A(); using A a; } }", null)]
    [InlineData("X.cs", "using Gatehouse.A;\nusing System.Net;\n", "using System.Net;")]
    [InlineData("X.cs", "using Gatehouse.B;\nusing Gatehouse.A;\n", "using Gatehouse.A;")]
    [InlineData("X.cs", "using Gatehouse.A;\nusing Gatehouse.A;\n", "using Gatehouse.A;")]
    [InlineData("X.cs", "using static Gatehouse.A;\nusing Gatehouse.B;\n", "using Gatehouse.B;")]
    [InlineData("X.cs", "using Gatehouse.A;\nnamespace X;\nusing Gatehouse.B;\n", "using Gatehouse.B;")]
    [InlineData("X.razor", "@using Gatehouse.A\n@using Gatehouse.B\n@inherits C\n", null)]
    [InlineData("X.razor", "@* What it is. *@\n@using Gatehouse.B\n@using Gatehouse.A\n", "@using Gatehouse.A")]
    public void What_is_out_of_order_is_found(string path, string text, string? fault) => Assert.Equal(fault, Fault(new Source(path, text)));

    /// <summary>The first using that stands where it should not; null when all are in order.</summary>
    private static string? Fault(Source file)
    {
        var usings = Using().Matches(file.Text).ToList();
        for (var i = 1; i < usings.Count; i++)
        {
            var between = file.Text[(usings[i - 1].Index + usings[i - 1].Length)..usings[i].Index];
            if (between.Trim().Length > 0 || Place(usings[i - 1]).CompareTo(Place(usings[i])) >= 0)
                return usings[i].Value.Trim();
        }
        return null;
    }

    private static Sorted Place(Match use)
    {
        var (kind, name) = (use.Groups["static"].Success ? 1 : use.Groups["alias"].Success ? 2 : 0, use.Groups["name"].Value);
        return new(kind, kind > 0 || name == "System" || name.StartsWith("System.", StringComparison.Ordinal) ? 0 : 1, name);
    }

    private readonly record struct Sorted(int Kind, int Group, string Name) : IComparable<Sorted>
    {
        public int CompareTo(Sorted other) =>
            Kind != other.Kind ? Kind.CompareTo(other.Kind) : Group != other.Group ? Group.CompareTo(other.Group) : string.CompareOrdinal(Name, other.Name);
    }

    [GeneratedRegex(@"^@?using[ ]+(?<static>static[ ]+)?(?<alias>\w+[ ]*=[ ]*)?(?<name>[A-Z][\w.<>, ]*)(;|[ ]*(?=\r?$))", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Using();
}
