using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MedISeg.Api.Jobs.Store.Migrations
{
    /// <inheritdoc />
    public partial class Routing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_jobs_State_Sequence",
                table: "jobs");

            migrationBuilder.AddColumn<int>(
                name: "Priority",
                table: "jobs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "routed",
                columns: table => new
                {
                    Key = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    RoutedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_routed", x => x.Key);
                });

            migrationBuilder.CreateIndex(
                name: "IX_jobs_State_Priority_Sequence",
                table: "jobs",
                columns: new[] { "State", "Priority", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_routed_RoutedAt",
                table: "routed",
                column: "RoutedAt");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "routed");

            migrationBuilder.DropIndex(
                name: "IX_jobs_State_Priority_Sequence",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "Priority",
                table: "jobs");

            migrationBuilder.CreateIndex(
                name: "IX_jobs_State_Sequence",
                table: "jobs",
                columns: new[] { "State", "Sequence" });
        }
    }
}
