using Gatehouse.Platform.Storage;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Platform.Storage;

public sealed class SqlFilterTests
{
    [Fact]
    public void Conditions_and_their_arguments_go_together()
    {
        var filter = new SqlFilter("tenant_id = @tenant", ("tenant", "t")).Is("role", "role", "owner").Is("kind", "kind", null).Is("state", "state", "")
            .And("at BETWEEN @from AND @to", ("from", 1L), ("to", 2L)).Contains("q", " Wei ", "name", "note").Contains("none", "  ", "name").After("id", "p").After("id", null);
        Assert.Equal("tenant_id = @tenant AND role = @role AND at BETWEEN @from AND @to AND (strpos(name, @q) > 0 OR strpos(note, @q) > 0) AND id < @after", filter.Sql);
        Assert.Equal([("tenant", "t"), ("role", "owner"), ("from", 1L), ("to", 2L), ("q", "wei"), ("after", "p"), ("limit", 3L)], filter.Args(("limit", 3L)));
    }

    [Theory, BothEngines]
    public async Task What_is_typed_is_found_where_it_stands_and_wildcards_are_themselves(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        string[] texts = ["Plain", "100%", "a_b", "what!", @"back\slash", "Ärger im Büro", "Заказ 42", "ΣΟΦΙΑ", "ＡＢＣ", "给王小明", "it's"];
        await test.Database.Write(async s =>
        {
            await s.Execute("CREATE TABLE things (words TEXT NOT NULL, folded TEXT NOT NULL)");
            foreach (var text in texts)
                await s.Execute("INSERT INTO things (words, folded) VALUES (@words, @folded)", ("words", text), ("folded", SearchText.Of(text)));
            return true;
        });
        foreach (var (typed, expected) in texts.Select(t => (t, t)).Concat([("plain", "Plain"), ("LAI", "Plain"), ("%", "100%"), ("_", "a_b"), ("!", "what!"), ("\\", @"back\slash"), ("IM B", "Ärger im Büro"), ("Заказ", "Заказ 42"), ("王", "给王小明"), ("'", "it's"), ("ärger", "Ärger im Büro"), ("ЗАКАЗ", "Заказ 42"), ("σοφια", "ΣΟΦΙΑ"), ("abc", "ＡＢＣ")]))
        {
            var filter = new SqlFilter("1 = 1").Contains("q", typed, "folded");
            Assert.Equal([expected], await test.Database.Read(s => s.All($"SELECT words FROM things WHERE {filter.Sql}", r => r.GetString(0), filter.Args())));
        }
    }

    /// <summary>SQLite's is ours: it must tell what PostgreSQL's tells.</summary>
    [Theory, BothEngines]
    public async Task The_place_of_a_part_is_counted_in_letters(Engine engine)
    {
        await using var test = await TestDatabase.Open(engine);
        foreach (var (text, part, place) in new (string?, string?, long?)[]
        {
            ("abcabc", "abc", 1), ("abcabc", "c", 3), ("abcabc", "abcabcd", 0), ("给王小明", "小明", 3), ("a💶b", "b", 3), ("aaab", "aab", 2),
            ("text", "", 1), ("", "", 1), ("", "a", 0), (null, "a", null), ("a", null, null), (new string('x', 100_000) + "y", "xy", 100_000),
        })
            Assert.Equal([place], await test.Database.Read(s => s.All("SELECT CAST(strpos(CAST(@text AS TEXT), CAST(@part AS TEXT)) AS BIGINT)", r => r.LongOrNull(0), ("text", text), ("part", part))));
    }
}
