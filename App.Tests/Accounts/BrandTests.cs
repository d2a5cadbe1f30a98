using Gatehouse.Accounts.Brands;

namespace Gatehouse.Tests.Accounts;

/// <summary>A colour that people choose can be read whatever it is; a picture is what it says.</summary>
public sealed class BrandTests
{
    /// <summary>Contrast ratios as WCAG's own examples have them.</summary>
    [Theory]
    [InlineData("#000000", "#ffffff", 21)]
    [InlineData("#ffffff", "#ffffff", 1)]
    [InlineData("#777777", "#ffffff", 4.48)]
    [InlineData("#767676", "#ffffff", 4.54)]
    [InlineData("#ff0000", "#ffffff", 4.0)]
    public void Contrast_is_as_it_is_defined(string one, string other, double expected) => Assert.Equal(expected, BrandColour.Contrast(one, other), 0.01);

    [Fact]
    public void Whatever_the_colour_all_that_is_written_in_it_and_on_it_can_be_read()
    {
        var wrong = new List<string>();
        foreach (var colour in from r in Steps from g in Steps from b in Steps select $"#{r:x2}{g:x2}{b:x2}")
        {
            var of = Variables(BrandColour.Css(colour));
            foreach (var (theme, grounds) in new[] { (0, new[] { "#f6f8f9", "#ffffff", "#eef2f4" }), (1, ["#0d161d", "#13202a", "#1a2a35", "#182833"]) })
            {
                foreach (var ground in grounds.Append(of["soft"][theme]).Append(of["faint"][theme]))
                    foreach (var word in new[] { "brand", "strong" })
                        Read($"{colour}: {word} on {ground}", of[word][theme], ground);
                Read($"{colour}: ink on brand", of["ink"][theme], of["brand"][theme]);
                Read($"{colour}: ink on strong", of["ink"][theme], of["strong"][theme]);
                Read($"{colour}: text on soft", theme == 0 ? "#14212b" : "#e7eef3", of["soft"][theme]);
                Read($"{colour}: muted on soft", theme == 0 ? "#55636f" : "#9db0bd", of["soft"][theme]);
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20)));

        void Read(string what, string text, string ground)
        {
            if (BrandColour.Contrast(text, ground) < BrandColour.Readable)
                wrong.Add($"{what}: {BrandColour.Contrast(text, ground):0.00}");
        }
    }

    [Theory]
    [InlineData(TenantsEndpoints.Pixel, ".png")]
    [InlineData("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==", ".webp")]
    [InlineData("/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AR//Z", ".jpg")]
    [InlineData("PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=", null)]
    [InlineData("R0lGODlhAQABAAAAACw=", null)]
    [InlineData("PGh0bWw+", null)]
    public void Only_pictures_that_can_hold_no_script_are_taken(string base64, string? ending) =>
        Assert.Equal(ending, BrandImage.Of(Convert.FromBase64String(base64)) is { } image ? Path.GetExtension(image.Name) : null);

    [Fact]
    public void A_picture_that_would_be_huge_is_refused()
    {
        var huge = Convert.FromBase64String(TenantsEndpoints.Pixel);
        huge[16] = 0x7f;
        Assert.Null(BrandImage.Of(huge));
        Assert.Null(BrandImage.Of([.. Convert.FromBase64String(TenantsEndpoints.Pixel), .. new byte[BrandImage.MaxBytes]]));
        Assert.Null(BrandImage.Of([]));
    }

    private static readonly int[] Steps = [0, 51, 102, 153, 204, 255];

    private static Dictionary<string, string[]> Variables(string css) => css.Split('\n').Where(l => l.Contains("light-dark(", StringComparison.Ordinal)).ToDictionary(
        l => l.Split(':')[0].Trim().Replace("--gh-brand-", "", StringComparison.Ordinal).Replace("--gh-", "", StringComparison.Ordinal), l => l.Split('(', ')')[1].Split(", "));
}
