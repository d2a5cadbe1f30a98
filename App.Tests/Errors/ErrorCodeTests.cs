using System.Text.RegularExpressions;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Localization;
using Gatehouse.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.Errors;

/// <summary>Codes are declared once, each can occur, has its words, and is told of by what is declared.</summary>
public sealed partial class ErrorCodeTests(ErrorSite site) : IClassFixture<ErrorSite>
{
    private static readonly ErrorCatalogue Catalogue = Declared.Errors;

    public static TheoryData<string> Codes => new(Catalogue.All.Select(e => e.Code));

    [Theory, MemberData(nameof(Codes))]
    public async Task A_declared_code_occurs(string code)
    {
        var error = Catalogue.All.Single(e => e.Code == code);
        Assert.True(ErrorWays.Of.TryGetValue(error, out var way), $"ErrorWays has no way to be refused with {code}.");
        Assert.Equal(new Refused(error.Status, code), await way(site));
    }

    [Fact]
    public void Each_code_has_its_words_in_both_languages_and_no_words_are_left_over()
    {
        foreach (var language in Localizer.All)
            Assert.Equal(Catalogue.All.Select(e => e.Key),
                language.Words.Select(w => w.Key).Where(k => k.StartsWith("error.", StringComparison.Ordinal) && !k.EndsWith(".one", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Endpoints_refuse_with_declared_codes()
    {
        await using var server = await TestServer.Start();
        var codes = server.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).SelectMany(e => e.Metadata.OfType<RefusalCodes>()).SelectMany(r => r.Codes).Distinct().ToList();
        Assert.NotEmpty(codes);
        Assert.Empty(codes.Where(e => !Catalogue.Has(e)));
    }

    /// <summary>A code that is made elsewhere, or is missing from its room's list, is known to nobody.</summary>
    [Fact]
    public void Codes_are_made_where_they_are_declared_and_nowhere_else()
    {
        var sources = Source.Under("App");
        var declared = sources.SelectMany(f => Declaration().Matches(f.Code).Select(m => m.Groups[1].Value)).ToList();
        Assert.Equal(Catalogue.All.Count, declared.Count);
        // One that was stored may be of a version that declared others.
        Assert.Equal(["Platform/Operations/RefusalJson.cs"], sources.Where(f => Elsewhere().IsMatch(f.Code)).Select(f => f.Path));
    }

    [Fact]
    public void A_code_is_declared_by_one_room_only() =>
        Assert.Throws<ArgumentException>(() => new ErrorCatalogue([HttpErrors.Busy, new ErrorCode(409, "BUSY")]));

    [GeneratedRegex(@"public static readonly ErrorCode (\w+) = new\(\d{3}, ")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"new ErrorCode\(|new Refusal\(new|ErrorCode \w+ => new")]
    private static partial Regex Elsewhere();
}
