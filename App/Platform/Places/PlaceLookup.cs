using System.Net;
using Gatehouse.Platform.Hosting;
using Gatehouse.Platform.Localization;
using MaxMind.Db;

namespace Gatehouse.Platform.Places;

/// <summary>Where an address is, as far as that can be known.</summary>
/// <param name="Country">Two letters (ISO 3166-1); empty: not known.</param>
/// <param name="City">In English, as databases name it; empty: not known.</param>
public sealed record Place(string Country, string City)
{
    public static readonly Place Unknown = new("", "");

    /// <summary>What it is found by: its names in every language, folded.</summary>
    public string Folded => Folding.Of($"{Country} {string.Join(' ', Localizer.All.Select(Said))}".Trim());

    /// <summary>City and country in the reader's words; empty where nothing is known.</summary>
    public string Said(Localizer text)
    {
        var country = Country.Length == 0 ? "" : text.Has("country." + Country) ? text["country." + Country] : Country;
        return City.Length == 0 ? country : country.Length == 0 ? City : text["place.city", City, country];
    }
}

/// <summary>Looks up where addresses are: in the operator's database (MaxMind's form) where there is one, else countries by the program's own table.</summary>
public sealed class PlaceLookup : IDisposable
{
    /// <summary>The option that names a database.</summary>
    public const string Option = "Places:Database";

    private readonly Reader? _database;

    /// <exception cref="ConfigException">The file that is named is no such database.</exception>
    public PlaceLookup(IConfiguration config)
    {
        if (ConfigOptions.Value(config, Option) is not { Length: > 0 } file)
            return;
        try
        {
            _database = new Reader(file);
        }
        catch (Exception e) when (e is InvalidDatabaseException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigException([$"{Option}: {file} is no database in MaxMind's form: {e.Message}"]);
        }
    }

    /// <summary>Where an address is; <see cref="Place.Unknown"/> for what is none, and for a private one.</summary>
    public Place Of(string? ip)
    {
        if (!IPAddress.TryParse(ip, out var address))
            return Place.Unknown;
        if (_database?.Find<Dictionary<string, object>>(address) is { } found)
        {
            // GeoLite2 and its like; a database of countries alone may have the two letters at the top.
            var country = Text(found, "country", "iso_code") ?? Text(found, "registered_country", "iso_code") ?? found.GetValueOrDefault("country_code") as string ?? "";
            return new(country, Text(found, "city", "names", "en") ?? found.GetValueOrDefault("city") as string ?? "");
        }
        return CountryTable.Of(address) is { Length: > 0 } own ? new(own, "") : Place.Unknown;
    }

    public void Dispose() => _database?.Dispose();

    private static string? Text(Dictionary<string, object> found, params ReadOnlySpan<string> path)
    {
        object? at = found;
        foreach (var name in path)
            at = (at as Dictionary<string, object>)?.GetValueOrDefault(name);
        return at as string;
    }
}
